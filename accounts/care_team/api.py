from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts import access
from accounts.actor import Actor
from accounts.api.endpoints import creates, removes
from accounts.api.resource import Resource
from accounts.api.serializers import Input, Output, VisibleIdField
from accounts.care_team import services as care_team
from accounts.care_team.filters import CareTeamListFilter
from accounts.models import CareTeamMember


class NewCareTeamMember(Input):
    patient_id = VisibleIdField(access.patients)
    practitioner_id = VisibleIdField(access.practitioners)

    class Meta:
        example = {"patient_id": 101, "practitioner_id": 151}


class CareTeamOutput(Output):
    class Meta:
        model = CareTeamMember
        fields = ("id", "patient_id", "practitioner_id", "since")
        example = {
            "id": 121,
            "patient_id": 101,
            "practitioner_id": 151,
            "since": "2026-11-02T14:00:00Z",
        }


class CareTeam(Resource):
    area = "patients"
    nouns = "care team members"
    verbs = {"list": "record.view", "retrieve": "record.view"}
    output = CareTeamOutput
    filterset_class = CareTeamListFilter
    ordering_fields = {"since": "since", "practitioner": "practitioner__last_name"}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[CareTeamMember]:
        return access.care_team(actor).select_related("patient")

    @creates("care_team.add", NewCareTeamMember)
    def create(self, **fields: Any) -> CareTeamMember:
        """Add a practitioner to a patient's care team, which opens the record to them."""
        return care_team.add(actor=self.actor, **fields)

    @removes("care_team.remove")
    def destroy(self, row: CareTeamMember) -> None:
        """Take a practitioner out of a care team, which closes the record to them."""
        care_team.remove(actor=self.actor, member=row)
