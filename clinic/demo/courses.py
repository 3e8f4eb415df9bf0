"""A patient's course of treatment: its weekly times and its authorizations."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from random import Random

from accounts.models import Patient
from billing.models import Authorization, ServiceCode
from clinic.demo.profiles import Treatment
from clinic.demo.timetable import Slot


class Scenario(Enum):
    """The state of a course's authorizations today."""

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


# Each of these is used once before the random ones, so that every clinic shows all of them.
FIRST = (
    Scenario.STEADY,
    Scenario.CAPPED,
    Scenario.NEARLY_EXHAUSTED,
    Scenario.ENDING,
    Scenario.NEW,
    Scenario.EXHAUSTED,
    Scenario.RENEWED,
    Scenario.REPLACED,
    Scenario.LAPSED,
    Scenario.PENDING,
    Scenario.PRIVATE,
)
CHANCES = {
    Scenario.STEADY: 52,
    Scenario.CAPPED: 10,
    Scenario.RENEWED: 12,
    Scenario.NEW: 8,
    Scenario.ENDING: 4,
    Scenario.NEARLY_EXHAUSTED: 4,
    Scenario.EXHAUSTED: 2,
    Scenario.REPLACED: 3,
    Scenario.LAPSED: 2,
    Scenario.PRIVATE: 3,
}
# The units left must be exact here, so none of these appointments is cancelled or cut short.
EXACT_UNITS = frozenset({Scenario.NEARLY_EXHAUSTED, Scenario.EXHAUSTED})


@dataclass
class AuthorizationPlan:
    """An authorization to insert, and how far ahead its units are booked."""

    authorization: Authorization
    codes: list[ServiceCode]
    scenario: Scenario
    booked_until: date
    spare_units: int | None = None
    starts_with_evaluation: bool = False

    @property
    def cancelled_at(self) -> datetime:
        """For a replaced authorization: when the payer's new letter came."""
        return datetime.combine(self.booked_until, time(18), UTC)


@dataclass
class Course:
    patient: Patient
    treatment: Treatment
    scenario: Scenario
    slots: list[Slot] = field(default_factory=list)
    plans: list[AuthorizationPlan] = field(default_factory=list)
    evaluation: ServiceCode | None = None

    def plan_on(self, day: date) -> AuthorizationPlan | None:
        for plan in self.plans:
            one = plan.authorization
            if one.status == Authorization.Status.PENDING:
                continue
            last = min(one.end_date, plan.booked_until)
            if one.start_date <= day <= last:
                return plan
        return None


def scenarios(random: Random, count: int, *, complete: bool) -> list[Scenario]:
    first = list(FIRST[:count]) if complete else []
    left = random.choices(list(CHANCES), weights=list(CHANCES.values()), k=count - len(first))
    return [*first, *left]


@dataclass(frozen=True)
class Period:
    """An authorization's first and last day, status and bookings, in days from today."""

    start: int
    end: int
    status: Authorization.Status = Authorization.Status.ACTIVE
    booked_until: int = 366
    spare_units: int | None = None
    starts_with_evaluation: bool = False


def periods(scenario: Scenario, random: Random) -> list[Period]:
    """The authorizations that make up a scenario, in days from today."""
    status = Authorization.Status
    begun = -random.randint(50, 110)
    if scenario == Scenario.PRIVATE:
        return []
    if scenario == Scenario.PENDING:
        return [Period(random.randint(3, 8), 180, status.PENDING)]
    if scenario == Scenario.NEW:
        start = -random.randint(9, 16)
        return [Period(start, start + 180, starts_with_evaluation=True)]
    if scenario == Scenario.ENDING:
        return [Period(begun, random.randint(4, 9))]
    if scenario == Scenario.LAPSED:
        return [Period(begun, -random.randint(3, 12))]
    if scenario == Scenario.NEARLY_EXHAUSTED:
        return [Period(begun, 75, booked_until=12, spare_units=2)]
    if scenario == Scenario.EXHAUSTED:
        return [Period(begun, 60, booked_until=6, spare_units=0)]
    if scenario == Scenario.RENEWED:
        change = -random.randint(8, 30)
        return [Period(begun - 60, change), Period(change + 1, change + 181)]
    if scenario == Scenario.REPLACED:
        change = -random.randint(10, 25)
        return [
            Period(begun, 90, status.CANCELLED, booked_until=change),
            Period(change + 1, change + 181),
        ]
    return [Period(begun, begun + 182)]


def authorization_plans(
    scenario: Scenario,
    random: Random,
    *,
    authorization: Authorization,
    codes: list[ServiceCode],
    today: date,
) -> list[AuthorizationPlan]:
    """`authorization` is the template for patient, policy, payer and number."""
    found = []
    for letter, period in zip("ABC", periods(scenario, random), strict=False):
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
            AuthorizationPlan(
                authorization=one,
                codes=codes,
                scenario=scenario,
                booked_until=today + timedelta(days=period.booked_until),
                spare_units=period.spare_units,
                starts_with_evaluation=period.starts_with_evaluation,
            )
        )
    return found
