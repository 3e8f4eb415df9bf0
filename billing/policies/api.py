from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts import access as accounts_access
from accounts.actor import Actor
from accounts.api.endpoints import creates, does, shows, updates
from accounts.api.resource import Resource
from accounts.api.serializers import (
    Input,
    Instant,
    Output,
    StrictBoolean,
    StrictInteger,
    Text,
    VisibleIdField,
)
from billing import access
from billing.models import EligibilityCheck, InsurancePolicy
from billing.policies import eligibility
from billing.policies import services as policies
from billing.policies.filters import CheckFilter, PolicyFilter


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
        help_text="False for a policy that was entered by mistake: it covers nothing."
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
        required=False, allow_null=True, help_text="When the insurance starts, as the payer says."
    )
    end_date = serializers.DateField(required=False, allow_null=True)
    reference_number = Text(max_length=60, required=False, allow_blank=True)
    checked_at = Instant(required=False, help_text="When the payer answered. Default: now.")

    class Meta:
        example = {
            "result": "active",
            "plan_name": "Choice Plus",
            "start_date": "2026-01-01",
            "reference_number": "271-88341",
        }


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
    """The payer's answer; the dates are those of the insurance."""

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


class Insurance(Resource):
    area = "insurance"
    nouns = "insurance policies"
    verbs = {"list": "policy.view", "retrieve": "policy.view"}
    output = PolicyOutput
    filterset_class = PolicyFilter
    ordering_fields = {
        "start_date": "start_date",
        "end_date": "end_date",
        "priority": "priority",
        "member_id": "member_id",
    }

    @staticmethod
    def rows(actor: Actor) -> QuerySet[InsurancePolicy]:
        return access.policies(actor).select_related("patient", "payer")

    @creates("policy.create", NewPolicy)
    def create(self, **fields: Any) -> InsurancePolicy:
        """Record an insurance policy of a patient."""
        return policies.create(actor=self.actor, **fields)

    @updates("policy.update", PolicyChange)
    def partial_update(self, row: InsurancePolicy, **fields: Any) -> InsurancePolicy:
        """Correct an insurance policy."""
        return policies.update(actor=self.actor, policy=row, **fields)

    @does("policy.end", PolicyEnd)
    def deactivate(self, row: InsurancePolicy, *, end_date: date) -> InsurancePolicy:
        """End an insurance policy; authorizations on it stay as they are."""
        return policies.end(actor=self.actor, policy=row, end_date=end_date)

    @does("policy.verify", NewCheck, answers=CheckOutput, status=201)
    def verify(self, row: InsurancePolicy, **fields: Any) -> EligibilityCheck:
        """Record an eligibility check: what the payer says about the policy."""
        return eligibility.record(actor=self.actor, policy=row, **fields)

    @shows(
        "policy.view",
        CheckOutput,
        pages=True,
        filters=CheckFilter,
        ordering={"checked_at": "checked_at"},
    )
    def checks(self, row: InsurancePolicy) -> QuerySet[EligibilityCheck]:
        """List the eligibility checks of an insurance policy, the newest first."""
        return access.eligibility_checks(self.actor).filter(policy=row)
