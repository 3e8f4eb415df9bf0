from __future__ import annotations

from accounts.api.serializers import Output
from billing.models import EligibilityCheck, InsurancePolicy


class PolicyOutput(Output):
    class Meta:
        model = InsurancePolicy
        fields = (
            "id",
            "patient_id",
            "payer_id",
            "priority",
            "member_id",
            "group_number",
            "start_date",
            "end_date",
            "subscriber_relationship",
            "subscriber_name",
            "is_active",
        )
        example = {
            "id": 401,
            "patient_id": 101,
            "payer_id": 301,
            "priority": 1,
            "member_id": "W10293847",
            "group_number": "",
            "start_date": "2026-01-01",
            "end_date": None,
            "subscriber_relationship": "self",
            "subscriber_name": "",
            "is_active": True,
        }


class CheckOutput(Output):
    """What the payer answered; the dates are of the cover."""

    class Meta:
        model = EligibilityCheck
        fields = (
            "id",
            "policy_id",
            "result",
            "plan_name",
            "start_date",
            "end_date",
            "reference_number",
            "checked_at",
            "checked_by_id",
            "api_key_id",
        )
        example = {
            "id": 451,
            "policy_id": 401,
            "result": "active",
            "plan_name": "Choice Plus",
            "start_date": "2026-01-01",
            "end_date": None,
            "reference_number": "271-88341",
            "checked_at": "2026-11-23T15:00:00Z",
            "checked_by_id": 11,
            "api_key_id": None,
        }
