from __future__ import annotations

from rest_framework import serializers

from accounts import access as accounts_access
from accounts.api.serializers import (
    Input,
    Instant,
    StrictBoolean,
    StrictInteger,
    Text,
    VisibleIdField,
)
from billing import access
from billing.models import EligibilityCheck, InsurancePolicy


class PolicyTerms(Input):
    payer_id = VisibleIdField(access.payers)
    priority = StrictInteger(
        min_value=1, max_value=3, required=False, help_text="1 pays first, then 2, then 3."
    )
    member_id = Text(max_length=80)
    group_number = Text(max_length=80, required=False, allow_blank=True)
    start_date = serializers.DateField()
    end_date = serializers.DateField(
        required=False, allow_null=True, help_text="The last day covered."
    )
    subscriber_relationship = serializers.ChoiceField(
        choices=InsurancePolicy.Relationship.choices, required=False
    )
    subscriber_name = Text(max_length=150, required=False, allow_blank=True)


class NewPolicy(PolicyTerms):
    patient_id = VisibleIdField(accounts_access.patients)

    class Meta:
        example = {
            "patient_id": 101,
            "payer_id": 301,
            "priority": 2,
            "member_id": "W20481516",
            "start_date": "2026-12-01",
        }


class PolicyChange(PolicyTerms):
    is_active = StrictBoolean(
        help_text="False for one that was entered by mistake and covers nothing."
    )

    class Meta:
        example = {"group_number": "G-77"}


class PolicyEnd(Input):
    end_date = serializers.DateField(help_text="The last day covered.")

    class Meta:
        example = {"end_date": "2026-12-31"}


class NewCheck(Input):
    result = serializers.ChoiceField(choices=EligibilityCheck.Result.choices)
    plan_name = Text(max_length=120, required=False, allow_blank=True)
    start_date = serializers.DateField(
        required=False, allow_null=True, help_text="When the cover starts, as the payer says."
    )
    end_date = serializers.DateField(required=False, allow_null=True)
    reference_number = Text(max_length=60, required=False, allow_blank=True)
    checked_at = Instant(required=False, help_text="When the payer answered; now, if left out.")

    class Meta:
        example = {
            "result": "active",
            "plan_name": "Choice Plus",
            "start_date": "2026-01-01",
            "reference_number": "271-88341",
        }
