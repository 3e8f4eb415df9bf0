"""The week of all practitioners as `components/roster.html` shows it: one row for each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter

from accounts.models import Practitioner
from scheduling.calendar.grid import Column, Moving


@dataclass(frozen=True)
class Heading:
    day: date
    is_today: bool
    href: str

    @property
    def key(self) -> str:
        return f"{self.day:%Y%m%d}"


@dataclass(frozen=True)
class Row:
    practitioner: Practitioner
    href: str
    cells: list[Column]


@dataclass(frozen=True)
class Roster:
    label: str
    days: list[Heading]
    rows: list[Row]
    moving: Moving | None = None


def rows(columns: Iterable[Column], hrefs: dict[int, str]) -> list[Row]:
    """Group columns, given in order of practitioners. `hrefs` are the URLs of their weeks."""
    return [
        Row(practitioner, hrefs[practitioner.pk], list(cells))
        for practitioner, cells in groupby(columns, key=attrgetter("practitioner"))
    ]
