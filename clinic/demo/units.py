"""The units behind the visits: how many a payer granted, and each movement of them."""

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
from clinic.demo.courses import Course, Cover, Fate
from clinic.demo.visits import Visit
from scheduling.appointments.reservations import source_of
from scheduling.models import Status

Kind = LedgerEntry.Kind
State = Reservation.State
WEEKS_AUTHORIZED = 26
# Payers grant in round figures.
GRANTED_IN = 4


@dataclass(frozen=True)
class Booked:
    """A visit with its appointment's id and the reservation that its units are held by."""

    visit: Visit
    appointment_id: int
    reservation: Reservation | None


def booked(visits: Iterable[Visit], ids: Iterable[int]) -> list[Booked]:
    return [
        Booked(visit, number, _reservation(visit, number) if visit.authorization else None)
        for visit, number in zip(visits, ids, strict=True)
    ]


def _reservation(visit: Visit, appointment_id: int) -> Reservation:
    reservation = Reservation(
        organization_id=visit.patient.organization_id,
        authorization=visit.authorization,
        service_code=visit.service_code,
        units=visit.units,
        date_of_service=visit.day,
        source=source_of(appointment_id),
        created_at=visit.booked_at,
    )
    if visit.status == Status.COMPLETED:
        reservation.state, reservation.consumed_units = State.CONSUMED, visit.used_units
        reservation.ended_at = visit.completed_at
    elif visit.status in (Status.CANCELLED, Status.NO_SHOW):
        reservation.state = State.RELEASED
        reservation.ended_at = visit.ended_unused_at
    return reservation


def set_caps(courses: Iterable[Course], visits: Iterable[Visit]) -> None:
    """Caps a little above what the busiest day and week take; to be set before anything is held."""
    days: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    weeks: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for visit in visits:
        if visit.authorization and visit.status not in (Status.CANCELLED, Status.NO_SHOW):
            monday, _ = period_of(visit.day, "week")
            days[id(visit.authorization)][visit.day] += visit.units
            weeks[id(visit.authorization)][monday] += visit.units
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
            own = practitioners[booking.visit.slot.practitioner.pk]
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
    visit, reservation = booking.visit, booking.reservation
    assert reservation is not None
    move = partial(Movement, authorization=reservation.authorization, reservation=reservation)
    yield move(kind=Kind.RESERVE, units=visit.units, at=visit.booked_at, by=desk)
    if visit.completed_at is not None:
        used = visit.used_units or 0
        yield move(kind=Kind.CONSUME, units=used, at=visit.completed_at, by=practitioner)
    elif freed_at := visit.ended_unused_at:
        reason = "cancelled" if visit.cancelled_at else "no-show"
        yield move(kind=Kind.RELEASE, units=visit.units, at=freed_at, by=desk, reason=reason)


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
