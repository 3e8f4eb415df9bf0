"""Insurance policies: which payer covers a patient, from when, and in which priority."""

from __future__ import annotations

from datetime import date
from typing import TypedDict, Unpack

from django.db.models import Q

from accounts.actor import Actor
from accounts.errors import Conflict, DomainError, Invalid, NotFound, translates
from accounts.models import Patient
from accounts.writes import events, fields
from accounts.writes.rows import change, locked, refuse_stale
from accounts.writes.transaction import write
from billing import access
from billing.ledger import errors
from billing.models import Authorization, InsurancePolicy, Payer
from billing.models.payer import InsurancePolicyQuerySet


class Terms(TypedDict, total=False):
    """Both dates are inclusive; no end date means that the end is open."""

    payer: Payer
    member_id: str
    start_date: date
    end_date: date | None
    priority: int
    group_number: str
    subscriber_relationship: str
    subscriber_name: str
    is_active: bool


@write("policy.create")
def create(
    *,
    actor: Actor,
    patient: Patient,
    payer: Payer,
    member_id: str,
    start_date: date,
    end_date: date | None = None,
    priority: int = InsurancePolicy.Priority.PRIMARY,
    group_number: str = "",
    subscriber_relationship: str = InsurancePolicy.Relationship.SELF,
    subscriber_name: str = "",
) -> InsurancePolicy:
    """Record a policy; both dates are inclusive, no end date means that the end is open.

    Raises NotFound for another clinic's patient or payer, Invalid, Conflict `payer_inactive`,
    Conflict `policies_overlap` when an active policy of this priority covers a day of these dates.
    """
    if patient.organization_id != actor.organization.pk:
        raise NotFound("Choose a patient of this clinic.", field="patient")
    policy = InsurancePolicy(
        organization=actor.organization,
        patient=patient,
        payer=payer,
        member_id=member_id.strip(),
        start_date=start_date,
        end_date=end_date,
        priority=priority,
        group_number=group_number.strip(),
        subscriber_relationship=subscriber_relationship,
        subscriber_name=subscriber_name.strip(),
    )
    _check_payer(actor, payer)
    _check(policy)
    policy.save(force_insert=True)
    events.record(
        actor=actor,
        action="policy.created",
        obj=policy,
        patient=patient,
        payer=payer.pk,
        priority=policy.priority,
    )
    return policy


@write("policy.update")
def update(
    *, actor: Actor, policy: InsurancePolicy, expected_digest: str = "", **terms: Unpack[Terms]
) -> InsurancePolicy:
    """Correct a policy. One that is not active was entered by mistake and covers nothing.

    Terms that are not given stay as they are. `expected_digest` is the digest of the row that the
    page showed. Raises what `create` raises, Conflict `stale`, and Conflict `policy_in_use` for
    another payer, or for making the policy inactive, while it has authorizations.
    """
    current = locked(access.policies(actor), policy)
    refuse_stale(current, terms, expected_digest)
    if "payer" in terms and terms["payer"].pk != current.payer_id:
        _check_payer(actor, terms["payer"])
        _check_payer_may_change(current)
    if current.is_active and not terms.get("is_active", True):
        _check_may_be_deactivated(current)
    return change(
        actor=actor,
        row=current,
        to=terms,
        action="policy.updated",
        check=_check,
        patient=current.patient,
    )


@write("policy.end")
def end(*, actor: Actor, policy: InsurancePolicy, end_date: date) -> InsurancePolicy:
    """Set the last day that the policy covers.

    Raises Invalid for a day before it starts, Conflict `policies_overlap` when it would overlap
    with the policy that follows.
    """
    current = locked(access.policies(actor), policy)
    current.end_date = end_date
    _check(current)
    current.save(update_fields=["end_date"])
    events.record(
        actor=actor,
        action="policy.ended",
        obj=current,
        patient=current.patient,
        end=end_date.isoformat(),
    )
    return current


def _check_payer(actor: Actor, payer: Payer) -> None:
    if payer.organization_id != actor.organization.pk:
        raise NotFound("Choose a payer of this clinic.", field="payer")
    if not payer.is_active:
        raise Conflict(
            f"{payer.name} is inactive. Reactivate it, or choose another payer.",
            code="payer_inactive",
            field="payer",
        )


def _check_payer_may_change(policy: InsurancePolicy) -> None:
    if count := policy.authorizations.count():
        raise _in_use(
            count,
            f"This policy has {_count_authorizations(count)} of {policy.payer}, so its payer "
            "cannot be changed. End it and add a policy with the other payer.",
            field="payer",
        )


def _check_may_be_deactivated(policy: InsurancePolicy) -> None:
    """Counts ended authorizations too: their units were used, and their dates may still change."""
    cancelled = Authorization.Status.CANCELLED
    if count := policy.authorizations.exclude(status=cancelled).count():
        raise _in_use(
            count,
            f"This policy has {_count_authorizations(count)}, so it must stay active. Give it an "
            "end date, or cancel the authorizations first.",
            field="is_active",
        )


def _count_authorizations(authorizations: int) -> str:
    return f"{authorizations} authorization{'' if authorizations == 1 else 's'}"


def _in_use(authorizations: int, message: str, *, field: str) -> Conflict:
    return Conflict(message, code="policy_in_use", field=field, authorizations=authorizations)


def _check(policy: InsurancePolicy) -> None:
    fields.check(policy)
    if policy.end_date and policy.end_date < policy.start_date:
        raise Invalid("The end date is before the start date.", field="end_date")
    if policy.is_active and (other := _overlapping(policy).first()):
        until = f"until {errors.short_date(other.end_date)}" if other.end_date else "with no end"
        raise Conflict(
            f"{other} is the patient's {other.get_priority_display().lower()} policy from "
            f"{errors.short_date(other.start_date)} {until}. End that one first, or choose "
            "another priority.",
            code="policies_overlap",
            field="priority",
            policy=other.pk,
        )


def _overlapping(policy: InsurancePolicy) -> InsurancePolicyQuerySet:
    others = InsurancePolicy.objects.active().filter(
        patient=policy.patient_id, priority=policy.priority
    )
    still_running = Q(end_date__isnull=True) | Q(end_date__gte=policy.start_date)
    overlapping = others.exclude(pk=policy.pk).filter(still_running).select_related("payer")
    if policy.end_date:
        overlapping = overlapping.filter(start_date__lte=policy.end_date)
    return overlapping


@translates("policy_one_per_priority")
def policies_overlap() -> DomainError:
    return Conflict(
        "The patient already has an active policy of this priority in these dates. "
        "End that one first, or choose another priority.",
        code="policies_overlap",
        field="priority",
    )
