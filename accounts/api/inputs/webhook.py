from __future__ import annotations

from datetime import timedelta
from typing import Any

from rest_framework import serializers

from accounts.api.serializers import Input, Instant, StrictBoolean, StrictInteger, Text
from accounts.services import overlaps
from accounts.webhooks import addresses

MOST_TYPES = 200


class _Settings(Input):
    slow = {"url": addresses.checked}

    url = Text(
        max_length=addresses.LONGEST_URL,
        help_text="An https:// address that is reached from the internet.",
    )
    event_types = serializers.ListField(
        child=Text(max_length=60),
        min_length=1,
        max_length=MOST_TYPES,
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
        max_value=int(overlaps.LONGEST / timedelta(hours=1)),
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
