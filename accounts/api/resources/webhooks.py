from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts import access
from accounts.actor import Actor
from accounts.api.endpoints import creates, does, removes, shows, updates
from accounts.api.filters import AttemptListFilter, WebhookDeliveryListFilter, WebhookListFilter
from accounts.api.inputs import webhook as inputs
from accounts.api.outputs import webhook as outputs
from accounts.api.resource import Resource
from accounts.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from accounts.services import webhooks


class Webhooks(Resource):
    area = "webhooks"
    verbs = {"list": "webhook.view", "retrieve": "webhook.view"}
    output = outputs.WebhookOutput
    filterset_class = WebhookListFilter
    ordering_fields = {"url": "url", "created_at": "created_at"}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[WebhookEndpoint]:
        return access.webhooks(actor)

    @creates("webhook.create", inputs.NewWebhook, answers=outputs.NewWebhookSecretOutput)
    def create(self, **fields: Any) -> WebhookEndpoint:
        """Have events sent to an address; the signing secret is shown this once."""
        return webhooks.create(actor=self.actor, **fields)

    @updates("webhook.update", inputs.WebhookChange)
    def partial_update(self, row: WebhookEndpoint, **fields: Any) -> WebhookEndpoint:
        """Change a webhook, or switch it on or off."""
        return webhooks.update(actor=self.actor, webhook=row, **fields)

    @removes("webhook.delete")
    def destroy(self, row: WebhookEndpoint) -> WebhookEndpoint:
        """Delete a webhook; nothing more is sent."""
        return webhooks.delete(actor=self.actor, webhook=row)

    @does("webhook.rotate", inputs.SecretRotation, answers=outputs.NewWebhookSecretOutput)
    def rotate(self, row: WebhookEndpoint, **fields: Any) -> WebhookEndpoint:
        """Give a webhook a new secret; the ones before go on signing for a while."""
        return webhooks.rotate(actor=self.actor, webhook=row, **fields)

    @does("webhook.test", answers=outputs.DeliveryOutput, status=202)
    def test(self, row: WebhookEndpoint) -> WebhookDelivery:
        """Send `webhook.tested` to this webhook."""
        return webhooks.test(actor=self.actor, webhook=row)

    @does("webhook.replay", inputs.ReplaySince, answers=outputs.ReplayedOutput, status=202)
    def replay(self, row: WebhookEndpoint, **fields: Any) -> WebhookEndpoint:
        """Send everything since an instant again, with the same ids."""
        return webhooks.replay_since(actor=self.actor, webhook=row, **fields)


class WebhookDeliveries(Resource):
    area = "webhooks"
    verbs = {"list": "webhook.view", "retrieve": "webhook.view"}
    output = outputs.DeliveryOutput
    filterset_class = WebhookDeliveryListFilter
    ordering_fields = {"created_at": "created_at"}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[WebhookDelivery]:
        return access.webhook_deliveries(actor)

    @shows(
        "webhook.view",
        outputs.AttemptOutput,
        pages=True,
        filters=AttemptListFilter,
        ordering={"at": "at", "duration_ms": "duration_ms"},
    )
    def attempts(self, row: WebhookDelivery) -> QuerySet[WebhookAttempt]:
        """Every request of a delivery, with the first kilobyte of what came back."""
        return row.attempts.all()

    @does("webhook.replay", status=202)
    def replay(self, row: WebhookDelivery) -> WebhookDelivery:
        """Send one again, with the same id; one that waits is sent now."""
        return webhooks.replay(actor=self.actor, delivery=row)
