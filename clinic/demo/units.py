"""The units of planned appointments: how many are authorized, and their movements."""

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
from clinic.demo.courses import AuthorizationPlan, Course, Scenario
from scheduling.appointments.reservations import source_of
from scheduling.models import Status

Kind = LedgerEntry.Kind
State = Reservation.State
WEEKS_AUTHORIZED = 26
# Granted units are a multiple of this.
GRANT_MULTIPLE = 4


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
    """Set caps at the units of the busiest day, and a little above those of the busiest week.

    Call it before any units are reserved.
    """
    days: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    weeks: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for planned in planned_appointments:
        if planned.authorization and planned.status not in (Status.CANCELLED, Status.NO_SHOW):
            monday, _ = period_of(planned.day, "week")
            days[id(planned.authorization)][planned.day] += planned.units
            weeks[id(planned.authorization)][monday] += planned.units
    for course in courses:
        for plan in course.plans:
            key = id(plan.authorization)
            if course.scenario == Scenario.CAPPED and key in days:
                plan.authorization.cap_per_day = max(days[key].values())
                plan.authorization.cap_per_week = max(weeks[key].values()) + 2


def movements(
    courses: Iterable[Course],
    bookings: Iterable[Booked],
    *,
    desk: Actor,
    practitioners: dict[int, Actor],
    random: Random,
) -> Iterator[Movement]:
    """Every movement of the courses' authorizations; the grants are large enough for the others.

    `practitioners` are the actors who complete sessions, by practitioner id.
    """
    moved: dict[int, list[Movement]] = defaultdict(list)
    for booking in bookings:
        if booking.reservation is not None:
            own = practitioners[booking.planned.slot.practitioner.pk]
            moved[booking.reservation.authorization_id] += _movements_of(booking, desk, own)
    for course in courses:
        for plan in course.plans:
            own_moves = moved[plan.authorization.pk]
            yield Movement(
                authorization=plan.authorization,
                kind=Kind.GRANT,
                units=_granted(course, plan, own_moves, random),
                at=plan.authorization.created_at,
                by=desk,
            )
            yield from own_moves


def _movements_of(booking: Booked, desk: Actor, practitioner: Actor) -> Iterator[Movement]:
    planned, reservation = booking.planned, booking.reservation
    assert reservation is not None
    move = partial(Movement, authorization=reservation.authorization, reservation=reservation)
    yield move(kind=Kind.RESERVE, units=planned.units, at=planned.booked_at, by=desk)
    if planned.completed_at is not None:
        used = planned.used_units or 0
        yield move(kind=Kind.CONSUME, units=used, at=planned.completed_at, by=practitioner)
    elif released_at := planned.ended_unused_at:
        reason = "cancelled" if planned.cancelled_at else "no-show"
        yield move(kind=Kind.RELEASE, units=planned.units, at=released_at, by=desk, reason=reason)


def _granted(course: Course, plan: AuthorizationPlan, moves: list[Movement], random: Random) -> int:
    """Never less than the units reserved and used at any time."""
    most = _peak_units(moves)
    if plan.spare_units is not None:
        return most + plan.spare_units
    weekly = sum(_units_a_week(course)) or GRANT_MULTIPLE
    days = (plan.authorization.end_date - plan.authorization.start_date).days
    granted = max(most + random.randint(2, 9), weekly * min(days // 7, WEEKS_AUTHORIZED))
    return -(-granted // GRANT_MULTIPLE) * GRANT_MULTIPLE


def _units_a_week(course: Course) -> Iterator[int]:
    for slot in course.slots:
        yield units_for(slot.service_code, slot.minutes)


def _peak_units(moves: list[Movement]) -> int:
    """The highest sum of reserved and used units at any time."""
    steps: list[tuple[datetime, int]] = []
    for move in moves:
        assert move.reservation is not None
        reserved = move.reservation.units
        change = {
            Kind.RESERVE: reserved,
            Kind.CONSUME: move.units - reserved,
            Kind.RELEASE: -reserved,
        }
        steps.append((move.at, change[move.kind]))
    current = peak = 0
    for _, change_by in sorted(steps, key=lambda step: step[0]):
        current += change_by
        peak = max(peak, current)
    return peak
