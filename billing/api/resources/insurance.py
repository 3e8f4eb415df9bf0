from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet

from accounts.actor import Actor
from accounts.api.endpoints import creates, does, shows, updates
from accounts.api.resource import Resource
from billing import access
from billing.api.filters import CheckFilter, PolicyFilter
from billing.api.inputs import policy as inputs
from billing.api.outputs import policy as outputs
from billing.models import EligibilityCheck, InsurancePolicy
from billing.services import eligibility, policies


class Insurance(Resource):
    area = "insurance"
    nouns = "insurance policies"
    verbs = {"list": "policy.view", "retrieve": "policy.view"}
    output = outputs.PolicyOutput
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

    @creates("policy.create", inputs.NewPolicy)
    def create(self, **fields: Any) -> InsurancePolicy:
        """Record an insurance policy of a patient."""
        return policies.create(actor=self.actor, **fields)

    @updates("policy.update", inputs.PolicyChange)
    def partial_update(self, row: InsurancePolicy, **fields: Any) -> InsurancePolicy:
        """Correct an insurance policy."""
        return policies.update(actor=self.actor, policy=row, **fields)

    @does("policy.end", inputs.PolicyEnd)
    def deactivate(self, row: InsurancePolicy, *, end_date: date) -> InsurancePolicy:
        """End an insurance policy; authorizations on it stay as they are."""
        return policies.end(actor=self.actor, policy=row, end_date=end_date)

    @does("policy.verify", inputs.NewCheck, answers=outputs.CheckOutput, status=201)
    def verify(self, row: InsurancePolicy, **fields: Any) -> EligibilityCheck:
        """Record an eligibility check: what the payer says of the cover."""
        return eligibility.record(actor=self.actor, policy=row, **fields)

    @shows(
        "policy.view",
        outputs.CheckOutput,
        pages=True,
        filters=CheckFilter,
        ordering={"checked_at": "checked_at"},
    )
    def checks(self, row: InsurancePolicy) -> QuerySet[EligibilityCheck]:
        """List the eligibility checks of an insurance policy, the newest first."""
        return access.eligibility_checks(self.actor).filter(policy=row)
