"""A patient's course of treatment: its weekly times, and the authorizations it draws on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from random import Random

from accounts.models import Patient
from billing.models import Authorization, ServiceCode
from clinic.demo.profiles import Treatment
from clinic.demo.timetable import Slot


class Fate(Enum):
    """How a course's authorizations stand today."""

    STEADY = "steady"
    CAPPED = "capped"
    NEW = "new"
    RENEWED = "renewed"
    ENDING = "ending"
    NEARLY_EXHAUSTED = "nearly exhausted"
    EXHAUSTED = "exhausted"
    REPLACED = "replaced"
    LAPSED = "lapsed"
    PENDING = "pending"
    PRIVATE = "private"


# Each once before chance decides, so that every clinic shows all of them.
FIRST = (
    Fate.STEADY,
    Fate.CAPPED,
    Fate.NEARLY_EXHAUSTED,
    Fate.ENDING,
    Fate.NEW,
    Fate.EXHAUSTED,
    Fate.RENEWED,
    Fate.REPLACED,
    Fate.LAPSED,
    Fate.PENDING,
    Fate.PRIVATE,
)
CHANCES = {
    Fate.STEADY: 52,
    Fate.CAPPED: 10,
    Fate.RENEWED: 12,
    Fate.NEW: 8,
    Fate.ENDING: 4,
    Fate.NEARLY_EXHAUSTED: 4,
    Fate.EXHAUSTED: 2,
    Fate.REPLACED: 3,
    Fate.LAPSED: 2,
    Fate.PRIVATE: 3,
}
# Units run out exactly where these end, so nothing of theirs is cancelled or cut short.
WITHOUT_MARGIN = frozenset({Fate.NEARLY_EXHAUSTED, Fate.EXHAUSTED})


@dataclass
class Cover:
    """An authorization to be, and how far ahead is booked on it."""

    authorization: Authorization
    codes: list[ServiceCode]
    fate: Fate
    booked_until: date
    spare_units: int | None = None
    starts_with_evaluation: bool = False

    @property
    def cancelled_at(self) -> datetime:
        """Of a replaced one: when the new letter came."""
        return datetime.combine(self.booked_until, time(18), UTC)


@dataclass
class Course:
    patient: Patient
    treatment: Treatment
    fate: Fate
    slots: list[Slot] = field(default_factory=list)
    covers: list[Cover] = field(default_factory=list)
    evaluation: ServiceCode | None = None

    def cover_on(self, day: date) -> Cover | None:
        for cover in self.covers:
            one = cover.authorization
            if one.status == Authorization.Status.PENDING:
                continue
            last = min(one.end_date, cover.booked_until)
            if one.start_date <= day <= last:
                return cover
        return None


def fates(random: Random, count: int, *, complete: bool) -> list[Fate]:
    first = list(FIRST[:count]) if complete else []
    left = random.choices(list(CHANCES), weights=list(CHANCES.values()), k=count - len(first))
    return [*first, *left]


@dataclass(frozen=True)
class Period:
    """First and last day from today, the status, and how much of it is booked."""

    start: int
    end: int
    status: Authorization.Status = Authorization.Status.ACTIVE
    booked_until: int = 366
    spare_units: int | None = None
    starts_with_evaluation: bool = False


def periods(fate: Fate, random: Random) -> list[Period]:
    """The authorizations behind a fate, in days from today."""
    status = Authorization.Status
    begun = -random.randint(50, 110)
    if fate == Fate.PRIVATE:
        return []
    if fate == Fate.PENDING:
        return [Period(random.randint(3, 8), 180, status.PENDING)]
    if fate == Fate.NEW:
        start = -random.randint(9, 16)
        return [Period(start, start + 180, starts_with_evaluation=True)]
    if fate == Fate.ENDING:
        return [Period(begun, random.randint(4, 9))]
    if fate == Fate.LAPSED:
        return [Period(begun, -random.randint(3, 12))]
    if fate == Fate.NEARLY_EXHAUSTED:
        return [Period(begun, 75, booked_until=12, spare_units=2)]
    if fate == Fate.EXHAUSTED:
        return [Period(begun, 60, booked_until=6, spare_units=0)]
    if fate == Fate.RENEWED:
        change = -random.randint(8, 30)
        return [Period(begun - 60, change), Period(change + 1, change + 181)]
    if fate == Fate.REPLACED:
        change = -random.randint(10, 25)
        return [
            Period(begun, 90, status.CANCELLED, booked_until=change),
            Period(change + 1, change + 181),
        ]
    return [Period(begun, begun + 182)]


def covers(
    fate: Fate,
    random: Random,
    *,
    authorization: Authorization,
    codes: list[ServiceCode],
    today: date,
) -> list[Cover]:
    """`authorization` is the pattern: whose, by which policy, under which number."""
    found = []
    for letter, period in zip("ABC", periods(fate, random), strict=False):
        one = Authorization(
            organization_id=authorization.organization_id,
            patient=authorization.patient,
            policy=authorization.policy,
            payer_id=authorization.payer_id,
            number=f"{authorization.number}{letter}",
            start_date=today + timedelta(days=period.start),
            end_date=today + timedelta(days=period.end),
            status=period.status,
        )
        found.append(
            Cover(
                authorization=one,
                codes=codes,
                fate=fate,
                booked_until=today + timedelta(days=period.booked_until),
                spare_units=period.spare_units,
                starts_with_evaluation=period.starts_with_evaluation,
            )
        )
    return found
