from __future__ import annotations

from accounts.api.serializers import Output
from accounts.models import BreakGlass, CareTeamMember, Guardian, Patient


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
