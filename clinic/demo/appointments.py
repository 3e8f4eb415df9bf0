"""Makes appointments from weekly times: completed, cancelled and future ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from accounts.models import Organization, Patient
from billing.models import Authorization, ServiceCode
from billing.units import units_for, whole_minutes
from clinic.demo.courses import EXACT_UNITS, AuthorizationPlan, Course, Scenario
from clinic.demo.timetable import Slot
from scheduling.models import Appointment, Status

BEHIND, AHEAD = timedelta(days=42), timedelta(days=28)
BOOKED_AHEAD = timedelta(days=21)
WRITE_UP = timedelta(minutes=8)
CancelledBy = Appointment.CancelledBy

CANCELLED = (
    (CancelledBy.PATIENT, "Child is ill"),
    (CancelledBy.PATIENT, "Family is away"),
    (CancelledBy.PATIENT, "School event"),
    (CancelledBy.CLINIC, "Practitioner is in training"),
    (CancelledBy.PRACTITIONER, "Practitioner is ill"),
    (CancelledBy.PATIENT, "No ride today"),
)


@dataclass
class PlannedAppointment:
    """One appointment with everything that has happened to it so far."""

    course: Course
    slot: Slot
    service_code: ServiceCode
    authorization: Authorization | None
    starts_at: datetime
    ends_at: datetime
    day: date
    units: int
    booked_at: datetime
    status: Status = Status.SCHEDULED
    confirmed_at: datetime | None = None
    arrived_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancelled_by: str = ""
    cancel_reason: str = ""
    cancelled_late: bool | None = None
    missed_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    used_units: int | None = None
    completed_at: datetime | None = None
    has_note: bool = False
    signed_at: datetime | None = None
    addendum: bool = False

    @property
    def patient(self) -> Patient:
        return self.course.patient

    @property
    def ended_unused_at(self) -> datetime | None:
        return self.cancelled_at or self.missed_at

    @property
    def uses_exact_units(self) -> bool:
        return self.course.scenario in EXACT_UNITS


class Calendar:
    """The appointments of courses between six weeks ago and four weeks from now."""

    def __init__(self, organization: Organization, random: Random, now: datetime) -> None:
        self._organization, self._random, self._now = organization, random, now
        self._today = organization.local(now).date()

    def appointments(self, courses: list[Course]) -> list[PlannedAppointment]:
        found = [planned for course in courses for planned in self._of_course(course)]
        found.sort(key=lambda planned: (planned.starts_at, planned.patient.pk, planned.slot.start))
        for planned in found:
            self._decide(planned)
        return found

    def _of_course(self, course: Course) -> Iterator[PlannedAppointment]:
        if course.scenario == Scenario.PENDING:
            yield from self._first_evaluation(course)
            return
        evaluated: set[int] = set()
        for day in self._days():
            plan = course.plan_on(day)
            if plan is None and course.scenario != Scenario.PRIVATE:
                continue
            for slot in course.slots:
                if slot.weekday == day.weekday():
                    yield self._planned(course, slot, day, plan, evaluated)

    def _first_evaluation(self, course: Course) -> Iterator[PlannedAppointment]:
        """Until the payer answers there is only the evaluation, as private pay."""
        if course.evaluation and course.slots:
            slot = course.slots[0]
            days = [day for day in self._days() if day.weekday() == slot.weekday]
            day = max(day for day in days if day < self._today)
            yield self._planned(course, slot, day, None, set(), service_code=course.evaluation)

    def _days(self) -> Iterator[date]:
        day = self._today - BEHIND
        while day <= self._today + AHEAD:
            yield day
            day += timedelta(days=1)

    def _planned(
        self,
        course: Course,
        slot: Slot,
        day: date,
        plan: AuthorizationPlan | None,
        evaluated: set[int],
        service_code: ServiceCode | None = None,
    ) -> PlannedAppointment:
        service_code = service_code or slot.service_code
        if plan and plan.starts_with_evaluation and course.evaluation and not evaluated:
            evaluated.add(id(plan))
            service_code = course.evaluation
        starts_at = self._instant(day, slot.start)
        created_at = self.created_at(plan.authorization) if plan else None
        return PlannedAppointment(
            course=course,
            slot=slot,
            service_code=service_code,
            authorization=plan.authorization if plan else None,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=slot.minutes),
            day=day,
            units=units_for(service_code, slot.minutes),
            booked_at=self._booked_at(starts_at, created_at),
        )

    def created_at(self, authorization: Authorization) -> datetime:
        """The authorization is entered some days before it takes effect."""
        letter = self._instant(authorization.start_date - timedelta(days=5), 10 * 60)
        return min(letter, self._now - timedelta(days=2))

    def _booked_at(self, starts_at: datetime, not_before: datetime | None) -> datetime:
        booked = starts_at - BOOKED_AHEAD + timedelta(minutes=self._random.randint(-300, 300))
        booked = min(booked, self._now - timedelta(hours=self._random.randint(20, 40)))
        return max(booked, not_before + timedelta(hours=1)) if not_before else booked

    def _instant(self, day: date, minutes: int) -> datetime:
        clock = time(minutes // 60, minutes % 60)
        return datetime.combine(day, clock, self._organization.zone).astimezone(UTC)

    def _decide(self, planned: PlannedAppointment) -> None:
        chance = 0.0 if planned.uses_exact_units else self._random.random() * 100
        if planned.ends_at + WRITE_UP <= self._now:
            self._past(planned, chance)
        elif planned.starts_at <= self._now:
            self.begin(planned)
        else:
            self._to_come(planned, chance)

    def _past(self, planned: PlannedAppointment, chance: float) -> None:
        if chance > 96:
            self.miss(planned)
        elif chance > 92:
            self.cancel(planned, hours_before=self._random.randint(1, 20))
        elif chance > 87:
            self.cancel(planned, hours_before=self._random.randint(26, 90))
        else:
            self.complete(planned, cut_short=chance > 79)

    def _to_come(self, planned: PlannedAppointment, chance: float) -> None:
        ahead = planned.starts_at - self._now
        if chance > 96:
            self.cancel(planned, hours_before=self._random.randint(2, 100))
        elif ahead < timedelta(minutes=15):
            planned.status, planned.confirmed_at = Status.ARRIVED, self._now - timedelta(hours=18)
            planned.arrived_at = self._now - timedelta(minutes=3)
        elif chance < 70 and ahead < timedelta(days=2):
            planned.status, planned.confirmed_at = Status.CONFIRMED, self._now - timedelta(hours=6)

    def begin(self, planned: PlannedAppointment) -> None:
        late = timedelta(minutes=self._random.randint(0, 4))
        planned.status = Status.IN_PROGRESS
        planned.started_at = min(planned.starts_at + late, self._now)

    def miss(self, planned: PlannedAppointment) -> None:
        planned.status = Status.NO_SHOW
        planned.missed_at = min(planned.starts_at + timedelta(minutes=20), self._now)

    def cancel(self, planned: PlannedAppointment, *, hours_before: float) -> None:
        at = planned.starts_at - timedelta(hours=hours_before)
        planned.cancelled_at = min(
            max(at, planned.booked_at + timedelta(minutes=30)), self._now - timedelta(minutes=5)
        )
        notice = timedelta(hours=self._organization.late_cancellation_hours)
        planned.status = Status.CANCELLED
        planned.cancelled_late = planned.cancelled_at > planned.starts_at - notice
        planned.cancelled_by, planned.cancel_reason = self._random.choice(CANCELLED)

    def complete(self, planned: PlannedAppointment, *, cut_short: bool) -> None:
        late = timedelta(minutes=self._random.choice((0, 0, 0, 1, 2, 3)))
        early = timedelta(minutes=self._random.choice((0, 0, 1, 2)))
        if cut_short and not planned.uses_exact_units:
            early = timedelta(minutes=self._random.choice((15, 20, 30)))
        if planned.uses_exact_units:
            late = early = timedelta(0)
        planned.status = Status.COMPLETED
        planned.started_at, planned.ended_at = planned.starts_at + late, planned.ends_at - early
        minutes = whole_minutes(planned.started_at, planned.ended_at)
        planned.used_units = min(units_for(planned.service_code, minutes), planned.units)
        planned.completed_at = planned.ended_at + timedelta(minutes=self._random.randint(1, 6))
        self._write_up(planned)

    def _write_up(self, planned: PlannedAppointment) -> None:
        """Most notes are signed within hours; of the last three days, some are not."""
        assert planned.completed_at is not None
        signed_at = planned.completed_at + timedelta(minutes=self._random.randint(5, 400))
        is_recent = self._now - planned.completed_at < timedelta(days=3)
        chance = self._random.randrange(100)
        planned.has_note = chance < (88 if is_recent else 99)
        if signed_at < self._now and chance < (65 if is_recent else 98):
            planned.signed_at = signed_at
        planned.addendum = planned.signed_at is not None and not is_recent and chance == 0
