"""Units of the planned appointments: how many a payer authorized, and each movement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from random import Random

from accounts.actor import Actor
from billing.ledger.bulk import Movement
from billing.models import LedgerEntry, Reservation
from billing.units import period_of, units_for
from clinic.demo.appointments import PlannedAppointment
from clinic.demo.courses import Course, Cover, Fate
from scheduling.appointments.reservations import source_of
from scheduling.models import Status

Kind = LedgerEntry.Kind
State = Reservation.State
WEEKS_AUTHORIZED = 26
# Payers grant in round figures.
GRANTED_IN = 4


@dataclass(frozen=True)
class Booked:
    """A planned appointment with its id and the reservation of its units."""

    planned: PlannedAppointment
    appointment_id: int
    reservation: Reservation | None


def booked(planned_appointments: Iterable[PlannedAppointment], ids: Iterable[int]) -> list[Booked]:
    return [
        Booked(planned, number, _reservation(planned, number) if planned.authorization else None)
        for planned, number in zip(planned_appointments, ids, strict=True)
    ]


def _reservation(planned: PlannedAppointment, appointment_id: int) -> Reservation:
    reservation = Reservation(
        organization_id=planned.patient.organization_id,
        authorization=planned.authorization,
        service_code=planned.service_code,
        units=planned.units,
        date_of_service=planned.day,
        source=source_of(appointment_id),
        created_at=planned.booked_at,
    )
    if planned.status == Status.COMPLETED:
        reservation.state, reservation.consumed_units = State.CONSUMED, planned.used_units
        reservation.ended_at = planned.completed_at
    elif planned.status in (Status.CANCELLED, Status.NO_SHOW):
        reservation.state = State.RELEASED
        reservation.ended_at = planned.ended_unused_at
    return reservation


def set_caps(courses: Iterable[Course], planned_appointments: Iterable[PlannedAppointment]) -> None:
    """Caps a little above what the busiest day and week take; to be set before anything is held."""
    days: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    weeks: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for planned in planned_appointments:
        if planned.authorization and planned.status not in (Status.CANCELLED, Status.NO_SHOW):
            monday, _ = period_of(planned.day, "week")
            days[id(planned.authorization)][planned.day] += planned.units
            weeks[id(planned.authorization)][monday] += planned.units
    for course in courses:
        for cover in course.covers:
            key = id(cover.authorization)
            if course.fate == Fate.CAPPED and key in days:
                cover.authorization.cap_per_day = max(days[key].values())
                cover.authorization.cap_per_week = max(weeks[key].values()) + 2


def movements(
    courses: Iterable[Course],
    bookings: Iterable[Booked],
    *,
    desk: Actor,
    practitioners: dict[int, Actor],
    random: Random,
) -> Iterator[Movement]:
    """Every movement of the courses' authorizations, the grants with what turned out to be needed.

    `practitioners` are the actors of those who complete sessions, by id.
    """
    moved: dict[int, list[Movement]] = defaultdict(list)
    for booking in bookings:
        if booking.reservation is not None:
            own = practitioners[booking.planned.slot.practitioner.pk]
            moved[booking.reservation.authorization_id] += _of(booking, desk, own)
    for course in courses:
        for cover in course.covers:
            own_moves = moved[cover.authorization.pk]
            yield Movement(
                authorization=cover.authorization,
                kind=Kind.GRANT,
                units=_granted(course, cover, own_moves, random),
                at=cover.authorization.created_at,
                by=desk,
            )
            yield from own_moves


def _of(booking: Booked, desk: Actor, practitioner: Actor) -> Iterator[Movement]:
    planned, reservation = booking.planned, booking.reservation
    assert reservation is not None
    move = partial(Movement, authorization=reservation.authorization, reservation=reservation)
    yield move(kind=Kind.RESERVE, units=planned.units, at=planned.booked_at, by=desk)
    if planned.completed_at is not None:
        used = planned.used_units or 0
        yield move(kind=Kind.CONSUME, units=used, at=planned.completed_at, by=practitioner)
    elif freed_at := planned.ended_unused_at:
        reason = "cancelled" if planned.cancelled_at else "no-show"
        yield move(kind=Kind.RELEASE, units=planned.units, at=freed_at, by=desk, reason=reason)


def _granted(course: Course, cover: Cover, moves: list[Movement], random: Random) -> int:
    """Never less than was taken at any time."""
    most = _most_taken(moves)
    if cover.spare_units is not None:
        return most + cover.spare_units
    weekly = sum(_units_a_week(course)) or GRANTED_IN
    days = (cover.authorization.end_date - cover.authorization.start_date).days
    granted = max(most + random.randint(2, 9), weekly * min(days // 7, WEEKS_AUTHORIZED))
    return -(-granted // GRANTED_IN) * GRANTED_IN


def _units_a_week(course: Course) -> Iterator[int]:
    for slot in course.slots:
        yield units_for(slot.service_code, slot.minutes)


def _most_taken(moves: list[Movement]) -> int:
    """The highest that reserved and used stood at together."""
    steps: list[tuple[datetime, int]] = []
    for move in moves:
        assert move.reservation is not None
        held = move.reservation.units
        change = {Kind.RESERVE: held, Kind.CONSUME: move.units - held, Kind.RELEASE: -held}
        steps.append((move.at, change[move.kind]))
    taken = most = 0
    for _, change_by in sorted(steps, key=lambda step: step[0]):
        taken += change_by
        most = max(most, taken)
    return most
