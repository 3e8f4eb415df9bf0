from __future__ import annotations

from rest_framework import serializers

from accounts import access
from accounts.api.serializers import Input, StrictBoolean, Text, VisibleIdField


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


class NewCareTeamMember(Input):
    patient_id = VisibleIdField(access.patients)
    practitioner_id = VisibleIdField(access.practitioners)

    class Meta:
        example = {"patient_id": 101, "practitioner_id": 151}


class NewBreakGlass(Input):
    patient_id = VisibleIdField(access.patient_directory)
    reason = Text(max_length=500, help_text="The clinic's administrators will read it.")

    class Meta:
        example = {"patient_id": 101, "reason": "Covering for Dr Okafor, who is ill today"}
