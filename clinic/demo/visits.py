"""From weekly times to visits: which took place, which were called off, which are still to come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from accounts.models import Organization, Patient
from billing.models import Authorization, ServiceCode
from billing.units import units_for, whole_minutes
from clinic.demo.courses import WITHOUT_MARGIN, Course, Cover, Fate
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
class Visit:
    """One appointment with all that became of it so far."""

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
    def keeps_units(self) -> bool:
        return self.course.fate in WITHOUT_MARGIN


class Calendar:
    """The visits of courses between six weeks ago and four weeks from now."""

    def __init__(self, organization: Organization, random: Random, now: datetime) -> None:
        self._organization, self._random, self._now = organization, random, now
        self._today = organization.local(now).date()

    def visits(self, courses: list[Course]) -> list[Visit]:
        found = [visit for course in courses for visit in self._of(course)]
        found.sort(key=lambda visit: (visit.starts_at, visit.patient.pk, visit.slot.start))
        for visit in found:
            self._decide(visit)
        return found

    def _of(self, course: Course) -> Iterator[Visit]:
        if course.fate == Fate.PENDING:
            yield from self._first_evaluation(course)
            return
        evaluated: set[int] = set()
        for day in self._days():
            cover = course.cover_on(day)
            if cover is None and course.fate != Fate.PRIVATE:
                continue
            for slot in course.slots:
                if slot.weekday == day.weekday():
                    yield self._visit(course, slot, day, cover, evaluated)

    def _first_evaluation(self, course: Course) -> Iterator[Visit]:
        """While the payer has not answered, there was only the evaluation, paid privately."""
        if course.evaluation and course.slots:
            slot = course.slots[0]
            days = [day for day in self._days() if day.weekday() == slot.weekday]
            day = max(day for day in days if day < self._today)
            yield self._visit(course, slot, day, None, set(), service_code=course.evaluation)

    def _days(self) -> Iterator[date]:
        day = self._today - BEHIND
        while day <= self._today + AHEAD:
            yield day
            day += timedelta(days=1)

    def _visit(
        self,
        course: Course,
        slot: Slot,
        day: date,
        cover: Cover | None,
        evaluated: set[int],
        service_code: ServiceCode | None = None,
    ) -> Visit:
        service_code = service_code or slot.service_code
        if cover and cover.starts_with_evaluation and course.evaluation and not evaluated:
            evaluated.add(id(cover))
            service_code = course.evaluation
        starts_at = self._instant(day, slot.start)
        created_at = self.created_at(cover.authorization) if cover else None
        return Visit(
            course=course,
            slot=slot,
            service_code=service_code,
            authorization=cover.authorization if cover else None,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=slot.minutes),
            day=day,
            units=units_for(service_code, slot.minutes),
            booked_at=self._booked_at(starts_at, created_at),
        )

    def created_at(self, authorization: Authorization) -> datetime:
        """The payer's letter comes some days before it takes effect."""
        letter = self._instant(authorization.start_date - timedelta(days=5), 10 * 60)
        return min(letter, self._now - timedelta(days=2))

    def _booked_at(self, starts_at: datetime, not_before: datetime | None) -> datetime:
        booked = starts_at - BOOKED_AHEAD + timedelta(minutes=self._random.randint(-300, 300))
        booked = min(booked, self._now - timedelta(hours=self._random.randint(20, 40)))
        return max(booked, not_before + timedelta(hours=1)) if not_before else booked

    def _instant(self, day: date, minutes: int) -> datetime:
        clock = time(minutes // 60, minutes % 60)
        return datetime.combine(day, clock, self._organization.zone).astimezone(UTC)

    def _decide(self, visit: Visit) -> None:
        chance = 0.0 if visit.keeps_units else self._random.random() * 100
        if visit.ends_at + WRITE_UP <= self._now:
            self._past(visit, chance)
        elif visit.starts_at <= self._now:
            self.begin(visit)
        else:
            self._to_come(visit, chance)

    def _past(self, visit: Visit, chance: float) -> None:
        if chance > 96:
            self.miss(visit)
        elif chance > 92:
            self.cancel(visit, hours_before=self._random.randint(1, 20))
        elif chance > 87:
            self.cancel(visit, hours_before=self._random.randint(26, 90))
        else:
            self.complete(visit, cut_short=chance > 79)

    def _to_come(self, visit: Visit, chance: float) -> None:
        ahead = visit.starts_at - self._now
        if chance > 96:
            self.cancel(visit, hours_before=self._random.randint(2, 100))
        elif ahead < timedelta(minutes=15):
            visit.status, visit.confirmed_at = Status.ARRIVED, self._now - timedelta(hours=18)
            visit.arrived_at = self._now - timedelta(minutes=3)
        elif chance < 70 and ahead < timedelta(days=2):
            visit.status, visit.confirmed_at = Status.CONFIRMED, self._now - timedelta(hours=6)

    def begin(self, visit: Visit) -> None:
        late = timedelta(minutes=self._random.randint(0, 4))
        visit.status = Status.IN_PROGRESS
        visit.started_at = min(visit.starts_at + late, self._now)

    def miss(self, visit: Visit) -> None:
        visit.status = Status.NO_SHOW
        visit.missed_at = min(visit.starts_at + timedelta(minutes=20), self._now)

    def cancel(self, visit: Visit, *, hours_before: float) -> None:
        at = visit.starts_at - timedelta(hours=hours_before)
        visit.cancelled_at = min(
            max(at, visit.booked_at + timedelta(minutes=30)), self._now - timedelta(minutes=5)
        )
        notice = timedelta(hours=self._organization.late_cancellation_hours)
        visit.status = Status.CANCELLED
        visit.cancelled_late = visit.cancelled_at > visit.starts_at - notice
        visit.cancelled_by, visit.cancel_reason = self._random.choice(CANCELLED)

    def complete(self, visit: Visit, *, cut_short: bool) -> None:
        late = timedelta(minutes=self._random.choice((0, 0, 0, 1, 2, 3)))
        early = timedelta(minutes=self._random.choice((0, 0, 1, 2)))
        if cut_short and not visit.keeps_units:
            early = timedelta(minutes=self._random.choice((15, 20, 30)))
        if visit.keeps_units:
            late = early = timedelta(0)
        visit.status = Status.COMPLETED
        visit.started_at, visit.ended_at = visit.starts_at + late, visit.ends_at - early
        minutes = whole_minutes(visit.started_at, visit.ended_at)
        visit.used_units = min(units_for(visit.service_code, minutes), visit.units)
        visit.completed_at = visit.ended_at + timedelta(minutes=self._random.randint(1, 6))
        self._write_up(visit)

    def _write_up(self, visit: Visit) -> None:
        """Notes are signed within a day or two; of the last days some are not."""
        assert visit.completed_at is not None
        signed_at = visit.completed_at + timedelta(minutes=self._random.randint(5, 400))
        is_recent = self._now - visit.completed_at < timedelta(days=3)
        chance = self._random.randrange(100)
        visit.has_note = chance < (88 if is_recent else 99)
        if signed_at < self._now and chance < (65 if is_recent else 98):
            visit.signed_at = signed_at
        visit.addendum = visit.signed_at is not None and not is_recent and chance == 0
