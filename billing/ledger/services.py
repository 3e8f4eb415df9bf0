"""The unit ledger: what may be reserved, what is consumed, and nothing beyond.

Every function is one movement, written with its entry in one statement (`movements`). Units are
whole numbers; dates of service are the clinic's own dates. All raise the refusals of
`billing.ledger.errors`, with their figures.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Event, Patient
from accounts.writes import events
from accounts.writes.rows import not_found
from accounts.writes.transaction import write
from billing import reasons
from billing.ledger import errors, movements, rules
from billing.ledger.movements import move
from billing.models import Authorization, LedgerEntry, Reservation, ServiceCode

MAX_UNITS = 1_000_000


@write("unit.grant")
def grant(
    *, actor: Actor, authorization: Authorization, units: int, reason: str = ""
) -> LedgerEntry:
    """Add units that the payer authorized. Raises UnitsOutOfRange."""
    check_range(units, lowest=1)
    reason = reasons.checked(reason)
    return _change_total(actor, authorization, LedgerEntry.Kind.GRANT, units, reason)


@write("unit.adjust")
def adjust(*, actor: Actor, authorization: Authorization, units: int, reason: str) -> LedgerEntry:
    """Correct the total by `units`, up or down, never below used and reserved.

    Raises ReasonMissing, UnitsOutOfRange, NotEnoughUnits.
    """
    reason = reasons.required(reason, of="an adjustment")
    if units == 0:
        raise errors.UnitsOutOfRange.of(lowest=1, highest=MAX_UNITS)
    check_range(abs(units), lowest=1)
    return _change_total(actor, authorization, LedgerEntry.Kind.ADJUST, units, reason)


@write("unit.reserve")
def reserve(
    *,
    actor: Actor,
    authorization: Authorization,
    patient: Patient,
    service_code: ServiceCode,
    units: int,
    date_of_service: date,
    source: str,
    expires_at: datetime | None = None,
) -> Reservation:
    """Reserve `units` for a date of service. `source` is the caller's name for what they are for.

    Raises the problems of `rules`, UnitsOutOfRange, ExpiryPassed, NotFound for another clinic's
    authorization.
    """
    check_range(units, lowest=1)
    _check_expiry(expires_at)
    _check_clinic(actor, authorization)
    request = rules.ReservationRequest(
        authorization=authorization,
        patient=patient,
        service_code=service_code,
        units=units,
        date_of_service=date_of_service,
    )
    entry = _move_reserved(actor, request, source=source, expires_at=expires_at)
    _reflect(authorization, entry)
    reservation = Reservation(
        pk=entry.reservation_id,
        organization=actor.organization,
        authorization=authorization,
        service_code=service_code,
        units=units,
        date_of_service=date_of_service,
        source=source,
        state=Reservation.State.ACTIVE,
        expires_at=expires_at,
    )
    reservation._state.adding = False
    return reservation


@write("unit.release")
def release(*, actor: Actor, reservation: Reservation, reason: str = "") -> LedgerEntry:
    """Release the reserved units. Raises ReservationEnded."""
    return _end_unused(actor, reservation, Reservation.State.RELEASED, reasons.checked(reason))


@write("unit.expire")
def expire(*, actor: Actor, reservation: Reservation) -> LedgerEntry:
    """Release the units of a reservation that has expired. Raises ReservationEnded."""
    return _end_unused(actor, reservation, Reservation.State.EXPIRED, "")


@write("unit.consume")
def consume(*, actor: Actor, reservation: Reservation, units: int) -> LedgerEntry:
    """Use `units` of a reservation, and end it.

    Of fewer than reserved, the rest is released; of more, the rest comes from the available units.
    0 is valid: a session too short for a unit.

    Raises ReservationEnded, NotEnoughUnits, CapReached, UnitsOutOfRange.
    """
    check_range(units, lowest=0)
    _check_clinic(actor, reservation)
    authorization = reservation.authorization
    if units > reservation.units:
        _lock_for_more(reservation, authorization)
        more = units - reservation.units
        if authorization.available_units < more:
            raise errors.NotEnoughUnits.of(authorization, needed=more)
        if why := rules.cap_reached(authorization, reservation.date_of_service, needed=more):
            raise why
    event = _told(actor, "unit.consumed", authorization, units=units, reserved=reservation.units)
    entry = move(
        movements.CONSUME, actor=actor, event=event, reservation=reservation.pk, units=units
    )
    if entry is None:
        reservation.refresh_from_db()
        raise errors.ReservationEnded.of(reservation)
    _reflect(authorization, entry)
    reservation.state, reservation.consumed_units = Reservation.State.CONSUMED, units
    return entry


@write("unit.reverse")
def reverse(*, actor: Actor, reservation: Reservation, reason: str) -> LedgerEntry:
    """Reverse a consumption, as a correction. Raises ReasonMissing, ReservationEnded."""
    reason = reasons.required(reason, of="reversing a consumption")
    _check_clinic(actor, reservation)
    authorization = reservation.authorization
    event = _told(actor, "unit.reversed", authorization, units=reservation.consumed_units)
    entry = move(
        movements.REVERSE, actor=actor, event=event, reason=reason, reservation=reservation.pk
    )
    if entry is None:
        reservation.refresh_from_db()
        raise errors.ReservationEnded.of(reservation)
    reservation.state = Reservation.State.REVERSED
    _reflect(authorization, entry)
    return entry


def check_range(units: int, *, lowest: int, field: str = "units") -> None:
    """Raises UnitsOutOfRange, which names `field`."""
    if not lowest <= units <= MAX_UNITS:
        raise errors.UnitsOutOfRange.of(lowest=lowest, highest=MAX_UNITS, field=field)


def _check_expiry(expires_at: datetime | None) -> None:
    if expires_at is not None and expires_at <= timezone.now():
        raise errors.ExpiryPassed.of(expires_at)


def _check_clinic(actor: Actor, row: Authorization | Reservation) -> None:
    """Raises NotFound. The statement would move nothing, and its refusal give a wrong reason."""
    if row.organization_id != actor.organization.pk:
        raise not_found(row)


def _change_total(
    actor: Actor, authorization: Authorization, kind: LedgerEntry.Kind, units: int, reason: str
) -> LedgerEntry:
    _check_clinic(actor, authorization)
    action = "unit.granted" if kind == LedgerEntry.Kind.GRANT else "unit.adjusted"
    entry = move(
        movements.GRANT_OR_ADJUST,
        actor=actor,
        event=_told(actor, action, authorization, units=units),
        reason=reason,
        authorization=authorization.pk,
        kind=kind.value,
        units=units,
    )
    if entry is None:
        authorization.refresh_from_db()
        raise errors.NotEnoughUnits.of(authorization, needed=-units)
    _reflect(authorization, entry)
    return entry


def _end_unused(
    actor: Actor, reservation: Reservation, state: Reservation.State, reason: str
) -> LedgerEntry:
    _check_clinic(actor, reservation)
    kind = {
        Reservation.State.RELEASED: LedgerEntry.Kind.RELEASE,
        Reservation.State.EXPIRED: LedgerEntry.Kind.EXPIRE,
    }[state]
    authorization = reservation.authorization
    entry = move(
        movements.END_WITHOUT_USE,
        actor=actor,
        event=_told(actor, f"unit.{state.value}", authorization, units=reservation.units),
        reason=reason,
        reservation=reservation.pk,
        state=state.value,
        kind=kind.value,
    )
    if entry is None:
        reservation.refresh_from_db()
        raise errors.ReservationEnded.of(reservation)
    reservation.state = state
    _reflect(authorization, entry)
    return entry


def _move_reserved(
    actor: Actor, request: rules.ReservationRequest, *, source: str, expires_at: datetime | None
) -> LedgerEntry:
    """The movement of `reserve`. Raises the first problem of `rules`.

    The statement refuses by itself, so that without caps the rules are asked only for the reason.
    If they find none, units were released between the two: it is tried again.
    """
    authorization, patient, units = request.authorization, request.patient, request.units
    if authorization.has_caps:
        _require_now(request, locked=True)
    wanted: dict[str, Any] = {
        "authorization": authorization.pk,
        "patient": patient.pk,
        "service": request.service_code.pk,
        "units": units,
        "day": request.date_of_service,
        "source": source,
        "expires": expires_at,
        "event": _told(actor, "unit.reserved", authorization, patient, units=units, source=source),
    }
    while (entry := move(movements.RESERVE, actor=actor, **wanted)) is None:
        _require_now(request, locked=False)
    return entry


def _require_now(request: rules.ReservationRequest, *, locked: bool) -> None:
    """Check the rules against the authorization's row as it is now; lock it first if `locked`."""
    if locked:
        _lock(request.authorization)
    else:
        request.authorization.refresh_from_db()
    rules.require(request)


def _lock(authorization: Authorization) -> None:
    """Lock the row to the end of the transaction, and refresh the caller's object from it.

    Needed only where the movement's statement cannot check alone. A cap is a sum over rows: no
    other transaction may add one between the count and the movement. A trigger counts again.
    """
    authorization.refresh_from_db(
        from_queryset=Authorization.objects.select_for_update(no_key=True)
    )


def _lock_for_more(reservation: Reservation, authorization: Authorization) -> None:
    """Lock both rows, in the order in which every movement that ends a reservation locks them.

    A movement that is refused for want of units cannot be tried again, since its statement has
    ended the reservation; so no units may be released between check and movement.
    Raises ReservationEnded.
    """
    states = Reservation.objects.select_for_update(no_key=True).values_list("state", flat=True)
    if states.get(pk=reservation.pk) != Reservation.State.ACTIVE:
        reservation.refresh_from_db()
        raise errors.ReservationEnded.of(reservation)
    _lock(authorization)


def _reflect(authorization: Authorization, entry: LedgerEntry) -> None:
    """Set the caller's object to the balance that the database has now."""
    authorization.total_units = entry.total_after
    authorization.used_units = entry.used_after
    authorization.reserved_units = entry.reserved_after
    authorization.entry_count = entry.number


def _told(
    actor: Actor,
    action: str,
    authorization: Authorization,
    patient: Patient | None = None,
    **details: object,
) -> Event:
    patient = patient or authorization.patient
    return events.of_record(
        actor=actor, action=action, obj=authorization, patient=patient, **details
    )
