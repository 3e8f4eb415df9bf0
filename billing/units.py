"""How minutes of service become billable units."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Literal

from billing.models import Rounding, ServiceCode

Period = Literal["day", "week", "month"]

# CMS, Medicare Claims Processing Manual (100-04), chapter 5, section 20.2: a 15-minute unit counts
# from its eighth minute.
CMS_MINUTES_FOR_A_UNIT = 8


def elapsed(starts_at: datetime, ends_at: datetime) -> timedelta:
    """The time between two aware datetimes, correct across daylight-saving changes.

    Python subtracts two datetimes of the same zone by their wall-clock times.
    """
    return ends_at.astimezone(UTC) - starts_at.astimezone(UTC)


def whole_minutes(starts_at: datetime, ends_at: datetime) -> int:
    return int(elapsed(starts_at, ends_at).total_seconds() // 60)


def units_for(service: ServiceCode, minutes: int) -> int:
    """Units of `service` in whole `minutes`; 0 when they are too few for one unit.

    - up: a started unit counts;
    - cms: full units of 15 minutes, and one more when at least 8 minutes remain (source above);
    - midpoint: a unit counts once more than half of it has passed (CPT, "Time": a unit of time is
      attained when the mid-point is passed);
    - session, and every service that is not timed: 1.
    """
    if minutes <= 0:
        return 0
    if not service.is_timed or service.rounding == Rounding.SESSION:
        return 1
    per_unit = service.minutes_per_unit
    full, rest = divmod(minutes, per_unit)
    if service.rounding == Rounding.UP:
        return full + (rest > 0)
    if service.rounding == Rounding.CMS:
        return full + (rest >= CMS_MINUTES_FOR_A_UNIT)
    return full + (rest * 2 > per_unit)


def period_of(day: date, period: Period) -> tuple[date, date]:
    """First and last day of the day, ISO week (from Monday) or month that `day` lies in."""
    if period == "day":
        return day, day
    if period == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
