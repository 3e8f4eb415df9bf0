from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts import access
from accounts.actor import Actor
from accounts.api.endpoints import creates, does, removes, shows, updates
from accounts.api.resource import Resource
from accounts.api.serializers import Input, Instant, Output, StrictBoolean, StrictInteger, Text
from accounts.api_keys import overlaps
from accounts.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from accounts.webhooks import addresses
from accounts.webhooks import services as webhooks
from accounts.webhooks.filters import (
    AttemptListFilter,
    WebhookDeliveryListFilter,
    WebhookListFilter,
)

MAX_EVENT_TYPES = 200


class _Settings(Input):
    slow = {"url": addresses.checked}

    url = Text(
        max_length=addresses.MAX_URL_LENGTH,
        help_text="An https:// address that is reached from the internet.",
    )
    event_types = serializers.ListField(
        child=Text(max_length=60),
        min_length=1,
        max_length=MAX_EVENT_TYPES,
        help_text="Names of the event catalogue, `appointment.*` for all of a noun, or `*`.",
    )
    description = Text(max_length=100, allow_blank=True, required=False, default="")


class NewWebhook(_Settings):
    class Meta:
        example = {
            "url": "https://hooks.example.org/caretally",
            "event_types": ["appointment.*", "unit.adjusted"],
            "description": "Billing system",
        }


class WebhookChange(_Settings):
    is_active = StrictBoolean(help_text="Off: nothing is sent, what waits goes on waiting.")

    class Meta:
        example = {"event_types": ["*"], "is_active": True}


class SecretRotation(Input):
    overlap_hours = StrictInteger(
        min_value=0,
        max_value=int(overlaps.MAX_OVERLAP / timedelta(hours=1)),
        default=24,
        help_text="How long messages are signed with the secret before as well.",
    )

    class Meta:
        example = {"overlap_hours": 24}

    def validate(self, attrs: Any) -> Any:
        return {"overlap": timedelta(hours=attrs["overlap_hours"])}


class ReplaySince(Input):
    since = Instant(help_text="Within the last 30 days.")
    only_undelivered = StrictBoolean(
        default=False, help_text="Only what was parked, or missed while the webhook was off."
    )

    class Meta:
        example = {"since": "2026-11-23T00:00:00Z", "only_undelivered": True}


class WebhookOutput(Output):
    state = serializers.ChoiceField(choices=["active", "failing", "disabled"])

    class Meta:
        model = WebhookEndpoint
        fields: tuple[str, ...] = (
            "id",
            "url",
            "description",
            "event_types",
            "is_active",
            "state",
            "disabled_reason",
            "disabled_at",
            "first_failing_at",
            "created_at",
        )
        example: dict[str, Any] = {
            "id": 5,
            "url": "https://hooks.example.org/caretally",
            "description": "Billing system",
            "event_types": ["appointment.*", "unit.adjusted"],
            "is_active": True,
            "state": "active",
            "disabled_reason": "",
            "disabled_at": None,
            "first_failing_at": None,
            "created_at": "2026-11-02T14:00:00Z",
        }


class NewWebhookSecretOutput(WebhookOutput):
    """`secret` is shown this once."""

    secret = serializers.CharField()

    class Meta(WebhookOutput.Meta):
        fields = (*WebhookOutput.Meta.fields, "secret")
        example = {
            **WebhookOutput.Meta.example,
            "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        }


class ReplayedOutput(WebhookOutput):
    """`replayed` is how many deliveries wait to be sent again."""

    replayed = serializers.IntegerField()

    class Meta(WebhookOutput.Meta):
        fields = (*WebhookOutput.Meta.fields, "replayed")
        example = {**WebhookOutput.Meta.example, "replayed": 12}


class DeliveryOutput(Output):
    webhook_id = serializers.IntegerField(source="endpoint_id")
    message_id = serializers.CharField(source="message", help_text="The `webhook-id` that is sent.")

    class Meta:
        model = WebhookDelivery
        fields: tuple[str, ...] = (
            "id",
            "webhook_id",
            "message_id",
            "event_id",
            "event_type",
            "status",
            "attempt_count",
            "created_at",
            "next_attempt_at",
            "ended_at",
        )
        example: dict[str, Any] = {
            "id": 9301,
            "webhook_id": 5,
            "message_id": "msg_5f0c7e6a4a3e4b7d9a55c3b6a2a0f1de",
            "event_id": 90412,
            "event_type": "appointment.booked",
            "status": "delivered",
            "attempt_count": 1,
            "created_at": "2026-11-23T15:00:00Z",
            "next_attempt_at": None,
            "ended_at": "2026-11-23T15:00:01Z",
        }


class AttemptOutput(Output):
    at = Instant()

    class Meta:
        model = WebhookAttempt
        fields = ("id", "at", "status_code", "duration_ms", "error", "response")
        example = {
            "id": 12044,
            "at": "2026-11-23T15:00:01Z",
            "status_code": 200,
            "duration_ms": 84,
            "error": "",
            "response": "Thank you",
        }


class Webhooks(Resource):
    area = "webhooks"
    verbs = {"list": "webhook.view", "retrieve": "webhook.view"}
    output = WebhookOutput
    filterset_class = WebhookListFilter
    ordering_fields = {"url": "url", "created_at": "created_at"}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[WebhookEndpoint]:
        return access.webhooks(actor)

    @creates("webhook.create", NewWebhook, answers=NewWebhookSecretOutput)
    def create(self, **fields: Any) -> WebhookEndpoint:
        """Have events sent to an address; the signing secret is shown this once."""
        return webhooks.create(actor=self.actor, **fields)

    @updates("webhook.update", WebhookChange)
    def partial_update(self, row: WebhookEndpoint, **fields: Any) -> WebhookEndpoint:
        """Change a webhook, or switch it on or off."""
        return webhooks.update(actor=self.actor, webhook=row, **fields)

    @removes("webhook.delete")
    def destroy(self, row: WebhookEndpoint) -> WebhookEndpoint:
        """Delete a webhook; nothing more is sent."""
        return webhooks.delete(actor=self.actor, webhook=row)

    @does("webhook.rotate", SecretRotation, answers=NewWebhookSecretOutput)
    def rotate(self, row: WebhookEndpoint, **fields: Any) -> WebhookEndpoint:
        """Give a webhook a new secret; the ones before go on signing for a while."""
        return webhooks.rotate(actor=self.actor, webhook=row, **fields)

    @does("webhook.test", answers=DeliveryOutput, status=202)
    def test(self, row: WebhookEndpoint) -> WebhookDelivery:
        """Send `webhook.tested` to this webhook."""
        return webhooks.test(actor=self.actor, webhook=row)

    @does("webhook.replay", ReplaySince, answers=ReplayedOutput, status=202)
    def replay(self, row: WebhookEndpoint, **fields: Any) -> WebhookEndpoint:
        """Send everything since an instant again, with the same ids."""
        return webhooks.replay_since(actor=self.actor, webhook=row, **fields)


class WebhookDeliveries(Resource):
    area = "webhooks"
    verbs = {"list": "webhook.view", "retrieve": "webhook.view"}
    output = DeliveryOutput
    filterset_class = WebhookDeliveryListFilter
    ordering_fields = {"created_at": "created_at"}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[WebhookDelivery]:
        return access.webhook_deliveries(actor)

    @shows(
        "webhook.view",
        AttemptOutput,
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
