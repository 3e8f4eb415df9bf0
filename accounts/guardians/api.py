from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts import access
from accounts.actor import Actor
from accounts.api.endpoints import creates, updates
from accounts.api.resource import Resource
from accounts.api.serializers import Input, Output, StrictBoolean, Text, VisibleIdField
from accounts.guardians import services as guardians
from accounts.guardians.filters import GuardianListFilter
from accounts.models import Guardian


class GuardianDetails(Input):
    name = Text(max_length=150)
    relationship = Text(max_length=60)
    phone = Text(max_length=32, required=False, allow_blank=True)
    email = Text(max_length=254, required=False, allow_blank=True)
    may_sign_in = StrictBoolean(
        required=False, help_text="May sign in for the patient, once invited."
    )


class NewGuardian(GuardianDetails):
    patient_id = VisibleIdField(access.patients)

    class Meta:
        example = {
            "patient_id": 101,
            "name": "Lena Moreno",
            "relationship": "Mother",
            "email": "lena.moreno@example.org",
            "may_sign_in": True,
        }


class GuardianChange(GuardianDetails):
    class Meta:
        example = {"phone": "312-555-0144", "may_sign_in": False}


class GuardianOutput(Output):
    class Meta:
        model = Guardian
        fields = (
            "id",
            "patient_id",
            "name",
            "relationship",
            "phone",
            "email",
            "may_sign_in",
            "user_id",
        )
        example = {
            "id": 111,
            "patient_id": 101,
            "name": "Lena Moreno",
            "relationship": "Mother",
            "phone": "",
            "email": "lena.moreno@example.org",
            "may_sign_in": True,
            "user_id": None,
        }


class Guardians(Resource):
    area = "patients"
    verbs = {"list": "record.view", "retrieve": "record.view"}
    output = GuardianOutput
    filterset_class = GuardianListFilter
    ordering_fields = {"name": "name"}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[Guardian]:
        return access.guardians(actor).select_related("patient")

    @creates("guardian.add", NewGuardian)
    def create(self, **fields: Any) -> Guardian:
        """Add a guardian of a patient."""
        return guardians.add(actor=self.actor, **fields)

    @updates("guardian.update", GuardianChange)
    def partial_update(self, row: Guardian, **fields: Any) -> Guardian:
        """Change a guardian.

        Taking away `may_sign_in` closes the patient's pages to them at once.
        """
        return guardians.update(actor=self.actor, guardian=row, **fields)
