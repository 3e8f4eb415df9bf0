"""Everybody's week as `components/roster.html` draws it: a row for each practitioner."""

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
    """Columns in the order of their practitioners; `hrefs` lead to each one's own week."""
    return [
        Row(practitioner, hrefs[practitioner.pk], list(cells))
        for practitioner, cells in groupby(columns, key=attrgetter("practitioner"))
    ]
