from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.serializers import Instant, Output
from accounts.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint


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
