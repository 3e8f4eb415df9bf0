"""A day by the clinic's wall clock, in rows of 15 minutes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from accounts.errors import DomainError
from accounts.models import Organization
from billing.units import whole_minutes
from scheduling import wall_time

ROW_MINUTES = 15
ROWS_PER_HOUR = 4
MIN_ROWS = 16
DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class Hours:
    """The part of the day that is shown, in whole hours, and the rows when the clinic is open."""

    first_minute: int
    row_count: int
    open_row: int
    close_row: int

    @classmethod
    def covering(cls, organization: Organization, spans: Iterable[tuple[int, int]]) -> Hours:
        """The opening hours, extended to include `spans`, which are in minutes from midnight."""
        opens = _minutes(organization.opens_at)
        closes = _minutes(organization.closes_at)
        all_spans = [(opens, closes), *spans]
        first = min(start for start, _ in all_spans) // 60
        last = -(-max(end for _, end in all_spans) // 60)
        last = max(last, first + MIN_ROWS // ROWS_PER_HOUR)
        first = min(first, 24 - MIN_ROWS // ROWS_PER_HOUR)
        return cls(
            first_minute=first * 60,
            row_count=(min(last, 24) - first) * ROWS_PER_HOUR,
            open_row=(opens - first * 60) // ROW_MINUTES,
            close_row=-(-(closes - first * 60) // ROW_MINUTES),
        )

    @property
    def labels(self) -> list[dict[str, object]]:
        return [
            {"row": row, "label": self.clock(row).strftime("%H:%M")}
            for row in range(0, self.row_count, ROWS_PER_HOUR)
        ]

    def clock(self, row: int) -> time:
        hour, minute = divmod(self.first_minute + row * ROW_MINUTES, 60)
        return time(hour, minute)

    def place(self, span: tuple[int, int]) -> tuple[int, int]:
        """Row and number of rows of a span of minutes."""
        start, end = (minute - self.first_minute for minute in span)
        row = min(max(start // ROW_MINUTES, 0), self.row_count - 1)
        end_row = min(-(-end // ROW_MINUTES), self.row_count)
        return row, max(end_row - row, 1)

    def row_of(self, minute: int) -> int | None:
        row = (minute - self.first_minute) // ROW_MINUTES
        return row if 0 <= row < self.row_count else None


def span_on(
    organization: Organization, day: date, starts_at: datetime, ends_at: datetime
) -> tuple[int, int] | None:
    """The minutes of `day` that the clinic's clocks show from start to end; None outside the day.

    If the clocks go back in between, the end may read earlier than the start: then the span has the
    real length.
    """
    start, end = (_minutes_since(day, organization.local(at)) for at in (starts_at, ends_at))
    if end <= start:
        end = start + whole_minutes(starts_at, ends_at)
    if end <= 0 or start >= DAY_MINUTES:
        return None
    return max(start, 0), min(end, DAY_MINUTES)


def bookable(organization: Organization, day: date, clock: time) -> bool:
    """Whether the clocks show that time exactly once on that day."""
    try:
        wall_time.instant(organization, day, clock)
    except DomainError:
        return False
    return True


def has_24_hours(organization: Organization, day: date) -> bool:
    """Whether the clocks do not change on that day."""
    midnight = datetime.combine(day, time.min, organization.zone)
    next_midnight = datetime.combine(day + timedelta(days=1), time.min, organization.zone)
    return midnight.utcoffset() == next_midnight.utcoffset()


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _minutes_since(day: date, local: datetime) -> int:
    return (local.date() - day).days * DAY_MINUTES + _minutes(local.time())
