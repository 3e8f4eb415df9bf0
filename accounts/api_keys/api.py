from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts import access
from accounts.actor import Actor
from accounts.api.endpoints import creates, does, removes
from accounts.api.resource import Resource
from accounts.api.serializers import Input, Instant, Output, StrictInteger, Text, VisibleIdField
from accounts.api_keys import overlaps
from accounts.api_keys import services as api_keys
from accounts.api_keys.filters import ApiKeyListFilter
from accounts.models import ApiKey
from accounts.models.api import SCOPES


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
        max_value=int(overlaps.MAX_OVERLAP / timedelta(hours=1)),
        default=24,
        help_text="How long the secret before stays good.",
    )

    class Meta:
        example = {"overlap_hours": 24}

    def validate(self, attrs: Any) -> Any:
        return {"overlap": timedelta(hours=attrs["overlap_hours"])}


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


class ApiKeys(Resource):
    area = "organization"
    verbs = {"list": "api_key.view", "retrieve": "api_key.view"}
    output = ApiKeyOutput
    filterset_class = ApiKeyListFilter
    ordering_fields = {"name": "name", "created_at": "created_at", "last_used_at": "last_used_at"}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[ApiKey]:
        return access.api_keys(actor)

    @creates("api_key.create", NewApiKey, answers=NewSecretOutput)
    def create(self, **fields: Any) -> ApiKey:
        """Make a key; its secret is shown this once.

        It takes a person: a key is refused.
        """
        return api_keys.create(actor=self.actor, **fields)

    @does("api_key.rotate", Rotation, answers=NewSecretOutput)
    def rotate(self, row: ApiKey, **fields: Any) -> ApiKey:
        """Give a key a new secret; the one before stays good for a while.

        A program rotates its own key only.
        """
        return api_keys.rotate(actor=self.actor, api_key=row, **fields)

    @removes("api_key.revoke")
    def destroy(self, row: ApiKey) -> ApiKey:
        """Revoke a key at once.

        A program revokes its own key only.
        """
        return api_keys.revoke(actor=self.actor, api_key=row)
