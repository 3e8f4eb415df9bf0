from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts import access
from accounts.actor import Actor
from accounts.api.endpoints import creates, updates
from accounts.api.resource import Resource
from accounts.api.serializers import Input, Output, StrictBoolean, Text
from accounts.models import Patient
from accounts.patients import services as patients
from accounts.patients.filters import PatientListFilter


class Demographics(Input):
    legal_first_name = Text(max_length=100)
    legal_last_name = Text(max_length=100)
    preferred_name = Text(max_length=100, required=False, allow_blank=True)
    date_of_birth = serializers.DateField()
    phone = Text(max_length=32, required=False, allow_blank=True)
    email = Text(max_length=254, required=False, allow_blank=True)
    address_line1 = Text(max_length=120, required=False, allow_blank=True)
    city = Text(max_length=80, required=False, allow_blank=True)
    region = Text(max_length=40, required=False, allow_blank=True)
    postal_code = Text(max_length=16, required=False, allow_blank=True)


class NewPatient(Demographics):
    mrn = Text(
        max_length=40,
        required=False,
        allow_blank=True,
        help_text="Left out, the patient gets the clinic's next number.",
    )

    class Meta:
        example = {
            "legal_first_name": "Ada",
            "legal_last_name": "Moreno",
            "date_of_birth": "2016-05-04",
            "phone": "312-555-0142",
        }


class PatientChange(Demographics):
    mrn = Text(max_length=40)
    is_active = StrictBoolean(help_text="Only an active patient can be booked.")

    class Meta:
        example = {"preferred_name": "Addie", "phone": "312-555-0143"}


class PatientOutput(Output):
    class Meta:
        model = Patient
        fields = (
            "id",
            "mrn",
            "legal_first_name",
            "legal_last_name",
            "preferred_name",
            "date_of_birth",
            "phone",
            "email",
            "address_line1",
            "city",
            "region",
            "postal_code",
            "is_active",
            "created_at",
        )
        example = {
            "id": 101,
            "mrn": "000042",
            "legal_first_name": "Ada",
            "legal_last_name": "Moreno",
            "preferred_name": "",
            "date_of_birth": "2016-05-04",
            "phone": "312-555-0142",
            "email": "",
            "address_line1": "18 Willow Street",
            "city": "Chicago",
            "region": "IL",
            "postal_code": "60614",
            "is_active": True,
            "created_at": "2026-11-02T14:00:00Z",
        }


class Patients(Resource):
    """Whose record the caller may open."""

    area = "patients"
    verbs = {"list": "record.view", "retrieve": "record.view"}
    output = PatientOutput
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

    @creates("patient.create", NewPatient)
    def create(self, **fields: Any) -> Patient:
        """Add a patient."""
        return patients.create(actor=self.actor, **fields)

    @updates("patient.update", PatientChange)
    def partial_update(self, row: Patient, **fields: Any) -> Patient:
        """Change what is known of a patient."""
        return patients.update(actor=self.actor, patient=row, **fields)
