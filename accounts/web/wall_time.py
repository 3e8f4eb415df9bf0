"""From the clinic's wall clock to instants, across daylight-saving changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from accounts.errors import Invalid
from accounts.models import Organization
from accounts.validators import FIRST_YEAR, LAST_YEAR


def instant(organization: Organization, day: date, clock: time, *, field: str) -> datetime:
    """The UTC instant at which the clinic's clocks show `clock` on `day`.

    Raises Invalid on `field`, with code `date_range` when it is too far off to reckon with,
    `nonexistent_time` when the clocks skip it in spring, and
    `ambiguous_time` when they show it twice in autumn (PEP 495: the two folds differ).
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Invalid(
            f"Choose a date between {FIRST_YEAR} and {LAST_YEAR}.", code="date_range", field=field
        )
    local = datetime.combine(day, clock)
    first = local.replace(tzinfo=organization.zone, fold=0)
    second = local.replace(tzinfo=organization.zone, fold=1)
    if first.astimezone(UTC).astimezone(organization.zone).replace(tzinfo=None) != local:
        raise Invalid(
            f"{clock:%H:%M} does not exist on {day:%-d %b %Y}: the clocks go forward over it. "
            "Choose a time before or after.",
            code="nonexistent_time",
            field=field,
        )
    if first.utcoffset() != second.utcoffset():
        raise Invalid(
            f"{clock:%H:%M} comes twice on {day:%-d %b %Y}: the clocks go back over it. "
            "Choose a time before or after.",
            code="ambiguous_time",
            field=field,
        )
    return first.astimezone(UTC)
