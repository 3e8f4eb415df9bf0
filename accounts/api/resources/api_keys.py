from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts import access
from accounts.actor import Actor
from accounts.api.endpoints import creates, does, removes
from accounts.api.filters import ApiKeyListFilter
from accounts.api.inputs import api_key as inputs
from accounts.api.outputs import api_key as outputs
from accounts.api.resource import Resource
from accounts.models import ApiKey
from accounts.services import api_keys


class ApiKeys(Resource):
    area = "organization"
    verbs = {"list": "api_key.view", "retrieve": "api_key.view"}
    output = outputs.ApiKeyOutput
    filterset_class = ApiKeyListFilter
    ordering_fields = {"name": "name", "created_at": "created_at", "last_used_at": "last_used_at"}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[ApiKey]:
        return access.api_keys(actor)

    @creates("api_key.create", inputs.NewApiKey, answers=outputs.NewSecretOutput)
    def create(self, **fields: Any) -> ApiKey:
        """Make a key; its secret is shown this once.

        It takes a person: a key is refused.
        """
        return api_keys.create(actor=self.actor, **fields)

    @does("api_key.rotate", inputs.Rotation, answers=outputs.NewSecretOutput)
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
