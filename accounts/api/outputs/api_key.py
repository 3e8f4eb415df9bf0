from __future__ import annotations

from rest_framework import serializers

from accounts.api.serializers import Output
from accounts.models import ApiKey


class ApiKeyOutput(Output):
    state = serializers.ChoiceField(choices=["active", "expired", "revoked"])

    class Meta:
        model = ApiKey
        fields: tuple[str, ...] = (
            "id",
            "name",
            "prefix",
            "role",
            "practitioner_id",
            "scopes",
            "state",
            "created_at",
            "expires_at",
            "last_used_at",
            "revoked_at",
        )
        example = {
            "id": 41,
            "name": "Reporting",
            "prefix": "ck_4fT0xKq",
            "role": "viewer",
            "practitioner_id": None,
            "scopes": ["appointments:read", "authorizations:read"],
            "state": "active",
            "created_at": "2026-11-02T14:00:00Z",
            "expires_at": None,
            "last_used_at": "2026-11-23T14:59:10Z",
            "revoked_at": None,
        }


class NewSecretOutput(ApiKeyOutput):
    """`secret` is shown this once."""

    secret = serializers.CharField()

    class Meta(ApiKeyOutput.Meta):
        fields = (*ApiKeyOutput.Meta.fields, "secret")
        example = {
            **ApiKeyOutput.Meta.example,
            "last_used_at": None,
            "secret": "ck_4fT0xKqPpVw0J2m8Zr1cN5yB7hD9sG3uL6aEiOoQtX4",
        }
