"""Eligibility checks: what a payer answers when the clinic asks about a policy."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from accounts.actor import Actor
from accounts.errors import Invalid
from accounts.writes import events, fields
from accounts.writes.rows import locked
from accounts.writes.transaction import write
from billing import access
from billing.models import EligibilityCheck, InsurancePolicy


@write("policy.verify")
def record(
    *,
    actor: Actor,
    policy: InsurancePolicy,
    result: str,
    plan_name: str = "",
    start_date: date | None = None,
    end_date: date | None = None,
    reference_number: str = "",
    checked_at: datetime | None = None,
) -> EligibilityCheck:
    """Record a payer's answer about a policy. `checked_at` defaults to now.

    The policy itself is not changed. Raises NotFound, Invalid.
    """
    current = locked(access.policies(actor).select_related("patient"), policy)
    now = timezone.now()
    check = EligibilityCheck(
        organization=actor.organization,
        policy=current,
        result=result,
        plan_name=plan_name.strip(),
        start_date=start_date,
        end_date=end_date,
        reference_number=reference_number.strip(),
        checked_at=checked_at or now,
        checked_by=actor.user,
        api_key_id=actor.api_key_id,
    )
    fields.check(check)
    if check.checked_at > now:
        raise Invalid("The time of the check is in the future.", field="checked_at")
    if start_date and end_date and end_date < start_date:
        raise Invalid("The insurance ends before it starts.", field="end_date")
    check.save(force_insert=True)
    events.record(
        actor=actor,
        action="policy.verified",
        obj=current,
        patient=current.patient,
        check=check.pk,
        result=result,
    )
    return check
