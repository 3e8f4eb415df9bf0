"""Creates, changes, activates and cancels authorizations: units that a payer has approved."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, TypedDict, Unpack

from accounts.actor import Actor
from accounts.errors import Conflict, Invalid, NotFound
from accounts.models import Patient
from accounts.writes import events
from accounts.writes.rows import locked, refuse_stale, tidy
from accounts.writes.transaction import write
from billing import access, reasons
from billing.authorizations import rules
from billing.ledger import errors
from billing.ledger import services as ledger
from billing.models import Authorization, AuthorizedService, InsurancePolicy, ServiceCode


class Terms(TypedDict, total=False):
    """What the payer's letter says except services and units; both dates are inclusive."""

    number: str
    start_date: date
    end_date: date
    cap_per_day: int | None
    cap_per_week: int | None
    cap_per_month: int | None


@write("authorization.create")
def create(
    *,
    actor: Actor,
    patient: Patient,
    policy: InsurancePolicy,
    number: str,
    service_codes: Iterable[ServiceCode],
    start_date: date,
    end_date: date,
    total_units: int,
    cap_per_day: int | None = None,
    cap_per_week: int | None = None,
    cap_per_month: int | None = None,
    status: str = Authorization.Status.ACTIVE,
) -> Authorization:
    """Record an authorization and grant its units; both dates are inclusive.

    Raises NotFound for another patient's policy or another clinic's service, Invalid for dates in
    the wrong order or no services, UnitsOutOfRange, Conflict `policy_inactive` or
    `authorization_number_taken`.
    """
    covered = list(service_codes)
    rules.check_services(actor, covered)
    current_policy = _lock_active_policy(actor, patient, policy)
    authorization = Authorization(
        organization=actor.organization,
        patient=patient,
        policy=current_policy,
        payer_id=current_policy.payer_id,
        number=number.strip(),
        start_date=start_date,
        end_date=end_date,
        cap_per_day=cap_per_day,
        cap_per_week=cap_per_week,
        cap_per_month=cap_per_month,
        status=status,
    )
    rules.check_terms(authorization, covered)
    ledger.check_range(total_units, lowest=1, field="total_units")
    authorization.save(force_insert=True)
    _add_services(authorization, covered)
    events.record(
        actor=actor,
        action="authorization.created",
        obj=authorization,
        patient=patient,
        number=authorization.number,
        units=total_units,
        start=start_date.isoformat(),
        end=end_date.isoformat(),
    )
    ledger.grant(actor=actor, authorization=authorization, units=total_units)
    return authorization


@write("authorization.update")
def update(
    *,
    actor: Actor,
    authorization: Authorization,
    service_codes: Iterable[ServiceCode] | None = None,
    expected_digest: str = "",
    **terms: Unpack[Terms],
) -> Authorization:
    """Change terms and services, but not the units: `ledger.adjust` changes those.

    Terms that are not given stay as they are. `expected_digest` is the digest of the row that the
    page showed. Raises what `create` raises for the new terms, Conflict `stale`,
    Conflict `reservations_outside` when units are reserved for dates of service outside the new
    dates, Conflict `service_reserved` when units are reserved for a service that is removed,
    Conflict `authorization_cancelled`.
    """
    wanted = tidy(terms)
    current = locked(access.authorizations(actor), authorization)
    before = list(current.service_codes.all())
    covered = before if service_codes is None else list(service_codes)
    rules.check_services(actor, covered)
    given = [*wanted] if service_codes is None else [*wanted, "service_codes"]
    refuse_stale(current, given, expected_digest)
    _check_not_cancelled(current)
    changed = events.changes(current, wanted)
    for name, value in wanted.items():
        setattr(current, name, value)
    rules.check_terms(current, covered)
    rules.refuse_reservations_outside_dates(current)
    rules.refuse_removing_reserved_services(current, covered)
    current.save(update_fields=list(changed))
    if services := _change_services(current, before, covered):
        changed["services"] = services
    if changed:
        events.record(
            actor=actor,
            action="authorization.updated",
            obj=current,
            patient=current.patient,
            changes=changed,
        )
    return current


@write("unit.adjust")
def set_total(
    *, actor: Actor, authorization: Authorization, total_units: int, reason: str
) -> Authorization:
    """Correct the total to the units that the payer approves now, by one ledger adjustment.

    Raises ReasonMissing, UnitsOutOfRange, Invalid `total_unchanged`, NotEnoughUnits for a total
    below the used and reserved units, Conflict `authorization_cancelled`.
    """
    ledger.check_range(total_units, lowest=0, field="total_units")
    current = locked(access.authorizations(actor), authorization)
    _check_not_cancelled(current)
    if total_units < current.used_units + current.reserved_units:
        raise errors.NotEnoughUnits.total_too_low(current, total=total_units)
    if total_units == current.total_units:
        raise Invalid(
            f"The total is already {errors.count(total_units)}. Enter another number.",
            code="total_unchanged",
            field="total_units",
        )
    change = total_units - current.total_units
    ledger.adjust(actor=actor, authorization=current, units=change, reason=reason)
    return current


@write("authorization.activate")
def activate(*, actor: Actor, authorization: Authorization) -> Authorization:
    """Activate a pending authorization, so that its units can be reserved.

    Raises Conflict `authorization_not_changed` when it is not pending.
    """
    return _change_status(
        actor,
        locked(access.authorizations(actor), authorization),
        Authorization.Status.ACTIVE,
        action="authorization.activated",
        allowed_from=(Authorization.Status.PENDING,),
    )


@write("authorization.cancel")
def cancel(*, actor: Actor, authorization: Authorization, reason: str) -> Authorization:
    """Cancel an authorization. Units already used stay used.

    Raises ReasonMissing, Conflict `units_reserved` while units are reserved,
    `authorization_not_changed` when it is cancelled already.
    """
    reason = reasons.required(reason, of="cancelling an authorization")
    current = locked(access.authorizations(actor), authorization)
    if current.reserved_units:
        raise Conflict(
            f"{errors.count(current.reserved_units)} on {current.number} are reserved. "
            "Cancel or move what they are reserved for first.",
            code="units_reserved",
            reserved=current.reserved_units,
        )
    return _change_status(
        actor,
        current,
        Authorization.Status.CANCELLED,
        action="authorization.cancelled",
        allowed_from=(Authorization.Status.PENDING, Authorization.Status.ACTIVE),
        reason=reason,
    )


def _check_not_cancelled(authorization: Authorization) -> None:
    if authorization.status == Authorization.Status.CANCELLED:
        raise Conflict(
            f"{authorization.number} is cancelled and cannot be changed. Add a new authorization.",
            code="authorization_cancelled",
        )


def _change_status(
    actor: Actor,
    current: Authorization,
    status: Authorization.Status,
    *,
    action: str,
    allowed_from: tuple[Authorization.Status, ...],
    **details: Any,
) -> Authorization:
    if current.status not in allowed_from:
        raise Conflict(
            f"{current.number} is already {current.status}.",
            code="authorization_not_changed",
            status=current.status,
        )
    current.status = status
    current.save(update_fields=["status"])
    events.record(actor=actor, action=action, obj=current, patient=current.patient, **details)
    return current


def _lock_active_policy(actor: Actor, patient: Patient, policy: InsurancePolicy) -> InsurancePolicy:
    """The policy, locked: the authorization copies its payer, which must not change meanwhile.

    Raises NotFound for another patient's policy, Conflict `policy_inactive`.
    """
    try:
        current = locked(access.policies(actor).filter(patient=patient), policy)
    except NotFound as error:
        raise NotFound(
            "Choose one of this patient's insurance policies.", field="policy"
        ) from error
    if not current.is_active:
        raise Conflict(
            f"{current} is not active. Choose another policy, or correct this one first.",
            code="policy_inactive",
            field="policy",
        )
    return current


def _add_services(authorization: Authorization, covered: Iterable[ServiceCode]) -> None:
    # Number, payer, dates and status are filled in by the table's trigger.
    AuthorizedService.objects.bulk_create(
        AuthorizedService(
            organization_id=authorization.organization_id,
            authorization=authorization,
            service_code=code,
            payer_id=authorization.payer_id,
            number=authorization.number,
            start_date=authorization.start_date,
            end_date=authorization.end_date,
            status=authorization.status,
        )
        for code in covered
    )


def _change_services(
    authorization: Authorization, before: list[ServiceCode], covered: list[ServiceCode]
) -> list[str]:
    """Replace the covered services. Returns their codes before and after, or nothing if equal."""
    if set(before) == set(covered):
        return []
    authorization.services.exclude(service_code__in=covered).delete()
    _add_services(authorization, [code for code in covered if code not in before])
    return [", ".join(code.full_code for code in codes) for codes in (before, covered)]
