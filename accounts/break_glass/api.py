from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts import access
from accounts.actor import Actor
from accounts.api.endpoints import creates
from accounts.api.resource import Resource
from accounts.api.serializers import Input, Output, Text, VisibleIdField
from accounts.break_glass import services as break_glass
from accounts.break_glass.filters import BreakGlassListFilter
from accounts.models import BreakGlass


class NewBreakGlass(Input):
    patient_id = VisibleIdField(access.patient_directory)
    reason = Text(max_length=500, help_text="The clinic's administrators will read it.")

    class Meta:
        example = {"patient_id": 101, "reason": "Covering for Dr Okafor, who is ill today"}


class BreakGlassOutput(Output):
    class Meta:
        model = BreakGlass
        fields = ("id", "patient_id", "user_id", "reason", "granted_at", "expires_at")
        example = {
            "id": 131,
            "patient_id": 101,
            "user_id": 11,
            "reason": "Covering for Dr Okafor, who is ill today",
            "granted_at": "2026-11-23T15:00:00Z",
            "expires_at": "2026-11-23T16:00:00Z",
        }


class BreakGlassGrants(Resource):
    """Administrators and viewers see all, others their own."""

    area = "patients"
    verbs = {"list": "glass.view", "retrieve": "glass.view"}
    of_records = False  # accesses are not part of it
    output = BreakGlassOutput
    filterset_class = BreakGlassListFilter
    ordering_fields = {"granted_at": "granted_at", "expires_at": "expires_at"}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[BreakGlass]:
        return access.break_glass_grants(actor)

    @creates("glass.break", NewBreakGlass)
    def create(self, **fields: Any) -> BreakGlass:
        """Break the glass: open a record to yourself for an hour, with a reason.

        The clinic's administrators are told at once. It takes a person: a key is refused.
        """
        return break_glass.open(actor=self.actor, **fields)
