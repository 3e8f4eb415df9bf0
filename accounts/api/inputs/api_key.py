from __future__ import annotations

from datetime import timedelta
from typing import Any

from rest_framework import serializers

from accounts import access
from accounts.api.serializers import Input, Instant, StrictInteger, Text, VisibleIdField
from accounts.models import ApiKey
from accounts.models.api import SCOPES
from accounts.services import overlaps


class NewApiKey(Input):
    name = Text(max_length=100)
    role = serializers.ChoiceField(choices=[role.value for role in ApiKey.ROLES])
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=SCOPES), min_length=1, max_length=len(SCOPES)
    )
    practitioner_id = VisibleIdField(
        access.practitioners,
        required=False,
        allow_null=True,
        help_text="Whose key it is, for the role of practitioner.",
    )
    expires_at = Instant(required=False, allow_null=True)

    class Meta:
        example = {
            "name": "Waiting room screen",
            "role": "viewer",
            "scopes": ["appointments:read"],
            "expires_at": "2027-11-23T00:00:00Z",
        }


class Rotation(Input):
    overlap_hours = StrictInteger(
        min_value=0,
        max_value=int(overlaps.LONGEST / timedelta(hours=1)),
        default=24,
        help_text="How long the secret before stays good.",
    )

    class Meta:
        example = {"overlap_hours": 24}

    def validate(self, attrs: Any) -> Any:
        return {"overlap": timedelta(hours=attrs["overlap_hours"])}
