from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts import access
from accounts.actor import Actor
from accounts.api.endpoints import creates, removes, updates
from accounts.api.filters import (
    BreakGlassListFilter,
    CareTeamListFilter,
    GuardianListFilter,
    PatientListFilter,
)
from accounts.api.inputs import patient as inputs
from accounts.api.outputs import patient as outputs
from accounts.api.resource import Resource
from accounts.models import BreakGlass, CareTeamMember, Guardian, Patient
from accounts.services import break_glass, care_team, guardians, patients


class Patients(Resource):
    """Whose record the caller may open."""

    area = "patients"
    verbs = {"list": "record.view", "retrieve": "record.view"}
    output = outputs.PatientOutput
    filterset_class = PatientListFilter
    ordering_fields = {
        "name": "legal_last_name",
        "mrn": "mrn",
        "date_of_birth": "date_of_birth",
        "created_at": "created_at",
    }

    @staticmethod
    def rows(actor: Actor) -> QuerySet[Patient]:
        return access.patients(actor)

    @creates("patient.create", inputs.NewPatient)
    def create(self, **fields: Any) -> Patient:
        """Add a patient."""
        return patients.create(actor=self.actor, **fields)

    @updates("patient.update", inputs.PatientChange)
    def partial_update(self, row: Patient, **fields: Any) -> Patient:
        """Change what is known of a patient."""
        return patients.update(actor=self.actor, patient=row, **fields)


class Guardians(Resource):
    area = "patients"
    verbs = {"list": "record.view", "retrieve": "record.view"}
    output = outputs.GuardianOutput
    filterset_class = GuardianListFilter
    ordering_fields = {"name": "name"}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[Guardian]:
        return access.guardians(actor).select_related("patient")

    @creates("guardian.add", inputs.NewGuardian)
    def create(self, **fields: Any) -> Guardian:
        """Add a guardian of a patient."""
        return guardians.add(actor=self.actor, **fields)

    @updates("guardian.update", inputs.GuardianChange)
    def partial_update(self, row: Guardian, **fields: Any) -> Guardian:
        """Change a guardian.

        Taking away `may_sign_in` closes the patient's pages to them at once.
        """
        return guardians.update(actor=self.actor, guardian=row, **fields)


class CareTeam(Resource):
    area = "patients"
    nouns = "care team members"
    verbs = {"list": "record.view", "retrieve": "record.view"}
    output = outputs.CareTeamOutput
    filterset_class = CareTeamListFilter
    ordering_fields = {"since": "since", "practitioner": "practitioner__last_name"}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[CareTeamMember]:
        return access.care_team(actor).select_related("patient")

    @creates("care_team.add", inputs.NewCareTeamMember)
    def create(self, **fields: Any) -> CareTeamMember:
        """Add a practitioner to a patient's care team, which opens the record to them."""
        return care_team.add(actor=self.actor, **fields)

    @removes("care_team.remove")
    def destroy(self, row: CareTeamMember) -> None:
        """Take a practitioner out of a care team, which closes the record to them."""
        care_team.remove(actor=self.actor, member=row)


class BreakGlassGrants(Resource):
    """Administrators and viewers see all, others their own."""

    area = "patients"
    verbs = {"list": "glass.view", "retrieve": "glass.view"}
    of_records = False  # who looked is no part of it
    output = outputs.BreakGlassOutput
    filterset_class = BreakGlassListFilter
    ordering_fields = {"granted_at": "granted_at", "expires_at": "expires_at"}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[BreakGlass]:
        return access.break_glass_grants(actor)

    @creates("glass.break", inputs.NewBreakGlass)
    def create(self, **fields: Any) -> BreakGlass:
        """Break the glass: open a record to yourself for an hour, with a reason.

        The clinic's administrators are told at once. It takes a person: a key is refused.
        """
        return break_glass.open(actor=self.actor, **fields)
