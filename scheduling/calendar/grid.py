"""The calendar as `components/calendar.html` shows it."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Practitioner
from scheduling.appointments.rules import MAX_BOOKING_AHEAD
from scheduling.calendar import wall
from scheduling.calendar.lanes import Placed, arrange
from scheduling.calendar.wall import Hours
from scheduling.models import Appointment
from scheduling.models.appointment import OCCUPYING


@dataclass(frozen=True)
class Slot:
    row: int
    span: int
    label: str
    starts_at: str
    href: str


@dataclass(frozen=True)
class Block:
    """An appointment in its column; `href` is empty if only "Busy" may be shown."""

    id: str
    version: int
    row: int
    span: int
    lane: int
    lanes: int
    status: str
    hue: int
    patient: str
    service: str = ""
    time_label: str = ""
    units: int = 0
    href: str = ""
    move_url: str = ""
    starts_at: str = ""

    @property
    def starts(self) -> str:
        return self.time_label.partition("–")[0]


@dataclass(frozen=True)
class Column:
    key: str
    title: str
    subtitle: str
    day: date
    practitioner: Practitioner
    is_today: bool = False
    hue: int | None = None
    slots: list[Slot] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)

    @property
    def date(self) -> str:
        return self.day.isoformat()

    @property
    def practitioner_id(self) -> int:
        return self.practitioner.pk


@dataclass(frozen=True)
class Moving:
    """The appointment that is being moved by form buttons, without scripts."""

    patient: str
    url: str
    version: int
    back: str


@dataclass(frozen=True)
class Calendar:
    label: str
    hours: Hours
    columns: list[Column]
    now_row: int | None
    moving: Moving | None = None

    @property
    def row_count(self) -> int:
        return self.hours.row_count

    @property
    def first_minute(self) -> int:
        return self.hours.first_minute

    @property
    def rows(self) -> list[dict[str, object]]:
        return self.hours.labels

    @property
    def open_row(self) -> int:
        return self.hours.open_row

    @property
    def close_row(self) -> int | None:
        return self.hours.close_row if self.hours.close_row < self.row_count else None


@dataclass(frozen=True, kw_only=True)
class CalendarBuilder:
    """Fills columns with appointments and free slots for one actor.

    `named` are the ids of the appointments whose patient the actor may see; `bookable_for` the ids
    of the practitioners whom the actor may book (None: all). With `location_id`, appointments at
    other locations are shown only as busy time. With `next_only`, a column offers only its next
    free slot; with `fitting`, only the future slots that are long enough for that appointment.
    """

    actor: Actor
    named: Collection[int]
    bookable_for: Collection[int] | None
    location_id: int | None = None
    next_only: bool = False
    fitting: Appointment | None = None

    def build(
        self,
        columns: list[Column],
        appointments: Iterable[Appointment],
        *,
        label: str,
        moving: Moving | None = None,
    ) -> Calendar:
        clinic = self.actor.organization
        spans: dict[str, list[tuple[Appointment, tuple[int, int]]]] = {c.key: [] for c in columns}
        owned = defaultdict[int, list[Column]](list)
        for column in columns:
            owned[column.practitioner_id].append(column)
        for appointment in appointments:
            for column in owned[appointment.practitioner_id]:
                span = wall.span_on(clinic, column.day, appointment.starts_at, appointment.ends_at)
                if span:
                    spans[column.key].append((appointment, span))
        hours = Hours.covering(clinic, [span for found in spans.values() for _, span in found])
        for column in columns:
            self._fill(column, spans[column.key], hours)
        now = clinic.local(timezone.now())
        return Calendar(
            label=label,
            hours=hours,
            columns=columns,
            now_row=hours.row_of(now.hour * 60 + now.minute),
            moving=moving,
        )

    def _fill(
        self,
        column: Column,
        found: list[tuple[Appointment, tuple[int, int]]],
        hours: Hours,
    ) -> None:
        placed = [Placed(appointment, *hours.place(span)) for appointment, span in found]
        column.blocks.extend(self._block(column, one) for one in arrange(placed))
        if self._may_book(column):
            occupied = _occupied_rows(placed, ignore=self.fitting)
            free = self._slots(column, hours, occupied)
            if self.fitting:
                free = self._long_enough(self.fitting, self._future(free), hours, occupied)
            column.slots.extend(islice(self._future(free), 1) if self.next_only else free)

    def _future(self, free: Iterable[Slot]) -> Iterable[Slot]:
        now = f"{self.actor.organization.local(timezone.now()):%Y-%m-%dT%H:%M}"
        return (slot for slot in free if slot.starts_at > now)

    def _long_enough(
        self, appointment: Appointment, free: Iterable[Slot], hours: Hours, occupied: set[int]
    ) -> Iterable[Slot]:
        span = -(-appointment.minutes // wall.ROW_MINUTES)
        for slot in free:
            rows = range(slot.row, slot.row + span)
            if rows.stop <= hours.close_row and occupied.isdisjoint(rows):
                yield slot

    def _may_book(self, column: Column) -> bool:
        actor, today = self.actor, self.actor.organization.today()
        if not actor.may("appointment.book") or column.day < today:
            return False
        if column.day > today + MAX_BOOKING_AHEAD - timedelta(days=1):
            return False
        return self.bookable_for is None or column.practitioner_id in self.bookable_for

    def _slots(self, column: Column, hours: Hours, occupied: set[int]) -> Iterable[Slot]:
        """Free slots of half an hour, or of a quarter where only a quarter is free."""
        clinic = self.actor.organization
        is_regular = wall.has_24_hours(clinic, column.day)
        row = max(hours.open_row, 0)
        while row < hours.close_row:
            clock = hours.clock(row)
            if row not in occupied and (is_regular or wall.bookable(clinic, column.day, clock)):
                whole = row % 2 == 0 and row + 1 < hours.close_row and row + 1 not in occupied
                starts_at = f"{column.date}T{clock:%H:%M}"
                yield Slot(
                    row=row,
                    span=2 if whole else 1,
                    label=f"{clock:%H:%M}",
                    starts_at=starts_at,
                    href=self._book_url(column, starts_at),
                )
                row += 1 if whole else 0
            row += 1

    def _book_url(self, column: Column, starts_at: str) -> str:
        params = {"start": starts_at, "practitioner": column.practitioner_id}
        return f"{self._booking}?{urlencode(params, safe=':')}"

    @functools.cached_property
    def _booking(self) -> str:
        return self.actor.url("scheduling:book")

    def _block(self, column: Column, placed: Placed[Appointment]) -> Block:
        appointment = placed.item
        where: dict[str, Any] = {
            "row": placed.row,
            "span": placed.span,
            "lane": placed.lane,
            "lanes": placed.lanes,
        }
        if appointment is None:
            return Block(
                id=f"more-{column.key}-{placed.row}",
                version=0,
                status="more",
                hue=0,
                patient=f"{placed.more} more",
                service="See the day",
                href=f"{self.actor.url('scheduling:day')}?date={column.date}",
                **where,
            )
        return self._appointment_block(column, appointment, where)

    def _appointment_block(
        self, column: Column, appointment: Appointment, where: dict[str, Any]
    ) -> Block:
        local = self.actor.organization.local
        start, end = local(appointment.starts_at), local(appointment.ends_at)
        begins_here = start.date() == column.day
        common: dict[str, Any] = {
            "id": str(appointment.pk) if begins_here else f"{appointment.pk}-{column.key}",
            "version": appointment.version,
            "hue": appointment.practitioner.hue,
            "time_label": f"{start:%H:%M}–{end:%H:%M}",
            "starts_at": f"{start:%Y-%m-%dT%H:%M}",
        }
        if appointment.pk not in self.named:
            return Block(patient="Busy", status="busy", **common, **where)
        if self.location_id not in (None, appointment.location_id):
            return Block(patient="Elsewhere", status="busy", **common, **where)
        movable = begins_here and self._may_move(appointment)
        url = self.actor.url
        return Block(
            patient=appointment.patient.called_name,
            status=appointment.status,
            service=appointment.service_code.full_code,
            units=0 if appointment.is_private_pay else appointment.units,
            href=url("scheduling:appointment", pk=appointment.pk),
            move_url=url("scheduling:appointment_move", pk=appointment.pk) if movable else "",
            **common,
            **where,
        )

    def _may_move(self, appointment: Appointment) -> bool:
        if not appointment.is_movable or not self.actor.may("appointment.reschedule"):
            return False
        return self.bookable_for is None or appointment.practitioner_id in self.bookable_for


def _occupied_rows(placed: list[Placed[Appointment]], *, ignore: Appointment | None) -> set[int]:
    return {
        row
        for one in placed
        if one.item is not None and one.item.status in OCCUPYING and one.item != ignore
        for row in range(one.row, one.end)
    }
