"""The unit ledger: what may be reserved, what is consumed, and nothing beyond.

Every function is one movement, written with its entry in one statement (`movements`). Units are
whole numbers; dates of service are the clinic's own dates. All raise the refusals of
`billing.errors`, with their figures.
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
from billing import errors, reasons
from billing.ledger import movements, rules
from billing.ledger.movements import move
from billing.models import Authorization, LedgerEntry, Reservation, ServiceCode

MOST_UNITS = 1_000_000


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
        raise errors.UnitsOutOfRange.of(lowest=1, highest=MOST_UNITS)
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
    """Hold `units` for a date of service. `source` says for what, in the caller's own words.

    Raises NotEnoughUnits, OutsideDates, NotActive, ServiceNotCovered, CapReached, WrongPatient,
    UnitsOutOfRange, ExpiryPassed, NotFound for another clinic's.
    """
    check_range(units, lowest=1)
    _check_expiry(expires_at)
    _check_clinic(actor, authorization)
    if authorization.has_caps:
        _lock(authorization)
        if why := rules.refusal(
            authorization=authorization,
            patient=patient,
            service_code=service_code,
            units=units,
            date_of_service=date_of_service,
        ):
            raise why
    wanted: dict[str, Any] = {
        "authorization": authorization.pk,
        "patient": patient.pk,
        "service": service_code.pk,
        "units": units,
        "day": date_of_service,
        "source": source,
        "expires": expires_at,
        "event": _told(actor, "unit.reserved", authorization, patient, units=units, source=source),
    }
    while (entry := move(movements.RESERVE, actor=actor, **wanted)) is None:
        # Nothing standing against it means that units came free in between: try again.
        authorization.refresh_from_db()
        if why := rules.refusal(
            authorization=authorization,
            patient=patient,
            service_code=service_code,
            units=units,
            date_of_service=date_of_service,
        ):
            raise why
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
    """Give the held units back. Raises ReservationEnded."""
    return _end_unused(actor, reservation, Reservation.State.RELEASED, reasons.checked(reason))


@write("unit.expire")
def expire(*, actor: Actor, reservation: Reservation) -> LedgerEntry:
    """Give back units whose hold has run out. Raises ReservationEnded."""
    return _end_unused(actor, reservation, Reservation.State.EXPIRED, "")


@write("unit.consume")
def consume(*, actor: Actor, reservation: Reservation, units: int) -> LedgerEntry:
    """Use `units` of a reservation. Fewer than held: the rest is free at once; more: taken from
    what is available. Nought is lawful: a session too short for a unit.

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
    """Take a consumption back, as a correction. Raises ReasonMissing, ReservationEnded."""
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
    if not lowest <= units <= MOST_UNITS:
        raise errors.UnitsOutOfRange.of(lowest=lowest, highest=MOST_UNITS, field=field)


def _check_expiry(expires_at: datetime | None) -> None:
    if expires_at is not None and expires_at <= timezone.now():
        raise errors.ExpiryPassed.of(expires_at)


def _check_clinic(actor: Actor, row: Authorization | Reservation) -> None:
    """The statements would find nothing to move, and the caller a wrong reason why."""
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


def _lock(authorization: Authorization) -> None:
    """Hold the row to the end of the transaction, and bring the caller's object up to it.

    Only where the movement itself cannot tell. For caps: a cap is a sum over rows, so nobody may
    add one between the count and the movement. A trigger counts again.
    """
    authorization.refresh_from_db(
        from_queryset=Authorization.objects.select_for_update(no_key=True)
    )


def _lock_for_more(reservation: Reservation, authorization: Authorization) -> None:
    """Hold both rows, in the order in which every movement that ends a reservation takes them.

    A movement refused for want of units has ended the reservation by half and cannot be tried
    again, so that nobody may free units meanwhile. Raises ReservationEnded.
    """
    held = Reservation.objects.select_for_update(no_key=True).values_list("state", flat=True)
    if held.get(pk=reservation.pk) != Reservation.State.ACTIVE:
        reservation.refresh_from_db()
        raise errors.ReservationEnded.of(reservation)
    _lock(authorization)


def _reflect(authorization: Authorization, entry: LedgerEntry) -> None:
    """Bring the caller's object up to the balance that the database has now."""
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
