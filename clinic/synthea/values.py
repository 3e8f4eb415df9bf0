"""Parses values as Synthea writes them. Raises Refused, with the column's name, for others."""

from __future__ import annotations

from datetime import UTC, date, datetime

from clinic.synthea.files import Refused, Row

# No living patient was treated earlier, and the calendar does not go further.
MIN_YEAR, MAX_YEAR = 1890, 2200


def day(row: Row, column: str) -> date:
    text = row.required(column)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(
            f"{column} is not a date such as 2014-10-06: {shown(text)}.",
            kind=f"{column} is not a date.",
        ) from None


def instant(row: Row, column: str) -> datetime:
    text = row.required(column)
    try:
        found = datetime.fromisoformat(text)
        if not MIN_YEAR <= found.year <= MAX_YEAR:
            raise ValueError
    except ValueError:
        raise Refused(
            f"{column} is not an instant such as 2014-10-14T04:17:47Z: {shown(text)}.",
            kind=f"{column} is not an instant.",
        ) from None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def shown(text: str) -> str:
    """The beginning of an invalid value for a message, with control characters escaped."""
    return repr(text if len(text) <= 40 else f"{text[:40]}…")
