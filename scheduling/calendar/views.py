"""The week of one, days as columns, or of everybody; and the day, practitioners as columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts import access as accounts_access
from accounts import permissions
from accounts.actor import Actor
from accounts.models import Practitioner
from accounts.roles import Role
from accounts.web.requests import ClinicRequest
from accounts.writes import record_views
from scheduling import access
from scheduling.calendar.forms import ALL, CalendarFilter
from scheduling.calendar.grid import Calendar, Column, Moving, Painter
from scheduling.calendar.roster import Heading, Roster, rows
from scheduling.models import Appointment
from scheduling.models.appointment import MAX_APPOINTMENT_DURATION, AppointmentQuerySet, Status

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
FRIDAY = 4
MAX_COLUMNS = 12
MAX_ROWS = 30


@require_safe
def week(request: ClinicRequest) -> HttpResponse:
    looking = _looking(request)
    first = looking.day - timedelta(days=looking.day.weekday())
    who, left_out = _practitioners(looking, first, first + 6 * DAY, most=MAX_ROWS)
    found = looking.appointments(first, first + 6 * DAY, who)
    days = _days(looking, first, found)
    title = f"{first:%-d} – {days[-1]:%-d %B %Y}"
    if first.month != days[-1].month:
        title = f"{first:%-d %b} – {days[-1]:%-d %b %Y}"
    label = f"Week of {first:%-d %B %Y}"
    if looking.filter.whose is None:
        roster = _roster(looking, who, days, found, label)
        shown = {"roster": roster, "left_out": left_out}
    else:
        columns = [_day_column(looking, day, looking.filter.whose) for day in days]
        shown = {"calendar": looking.paint(columns, found, label=label)}
    return _page(request, looking, shown, title=title, view="week", step=WEEK)


@require_safe
def day(request: ClinicRequest) -> HttpResponse:
    looking = _looking(request)
    who, left_out = _practitioners(looking, looking.day, looking.day, most=MAX_COLUMNS)
    found = looking.appointments(looking.day, looking.day, who)
    columns = [_practitioner_column(looking, one) for one in who]
    label = f"{looking.day:%A %-d %B %Y}"
    shown = {"calendar": looking.paint(columns, found, label=label), "left_out": left_out}
    return _page(request, looking, shown, title=label, view="day", step=DAY)


@dataclass(frozen=True)
class Looking:
    """One look at the calendar: who, at which part of it, with whose appointment in hand."""

    actor: Actor
    filter: CalendarFilter
    moving: Appointment | None

    @property
    def day(self) -> date:
        return self.filter.day

    def appointments(self, first: date, last: date, who: list[Practitioner]) -> list[Appointment]:
        found = self.of_everybody(first, last).filter(practitioner__in=who)
        with_people = found.select_related("patient", "practitioner", "service_code")
        return list(with_people.order_by("starts_at", "id"))

    def of_everybody(self, first: date, last: date) -> AppointmentQuerySet:
        """Those that lie in the days, also those of which the actor may only know the time."""
        found: AppointmentQuerySet = access.busy_times(self.actor)
        if not self.filter.cleaned_data.get("cancelled"):
            found = found.exclude(status=Status.CANCELLED)
        zone = self.actor.organization.zone
        start = datetime.combine(first, time.min, zone)
        end = datetime.combine(last + DAY, time.min, zone)
        return found.filter(
            starts_at__lt=end, starts_at__gt=start - MAX_APPOINTMENT_DURATION, ends_at__gt=start
        )

    def paint(
        self,
        columns: list[Column],
        found: list[Appointment],
        *,
        label: str,
        next_only: bool = False,
    ) -> Calendar:
        actor, location = self.actor, self.filter.where
        own = {actor.practitioner_id or 0} if actor.role == Role.PRACTITIONER else None
        named = self._named(found)
        shown = [one.patient_id for one in found if one.pk in named]
        record_views.listed(actor=actor, of="calendar", patients=shown)
        painter = Painter(
            actor=actor,
            named=named,
            bookable_for=own,
            location_id=location.pk if location else None,
            next_only=next_only and not self.moving,
            fitting=self.moving,
        )
        return painter.paint(columns, found, label=label, moving=self.in_hand())

    def _named(self, found: list[Appointment]) -> set[int]:
        ids = {one.pk for one in found}
        if self.actor.role != Role.PRACTITIONER:
            return ids
        visible = access.appointments(self.actor).filter(pk__in=ids)
        return set(visible.order_by().values_list("pk", flat=True))

    def in_hand(self) -> Moving | None:
        if self.moving is None:
            return None
        url = self.actor.url
        return Moving(
            patient=self.moving.patient.called_name,
            url=url("scheduling:appointment_move", pk=self.moving.pk),
            version=self.moving.version,
            back=url("scheduling:appointment", pk=self.moving.pk),
        )

    def url(self, view: str, **changes: Any) -> str:
        """The address of this look with something changed."""
        params = {
            "date": self.day.isoformat(),
            "practitioner": self.filter.cleaned_data.get("practitioner") or ALL,
            "location": self.filter.cleaned_data.get("location", ""),
            "cancelled": "on" if self.filter.cleaned_data.get("cancelled") else "",
            "move": self.moving.pk if self.moving else "",
            **changes,
        }
        kept = {name: value for name, value in params.items() if value}
        return f"{self.actor.url(f'scheduling:{view}')}?{urlencode(kept)}"


def _looking(request: ClinicRequest) -> Looking:
    permissions.require(request.actor.role, "calendar.view")
    match = request.resolver_match
    view = (match.url_name if match else None) or "week"
    moving = _in_hand(request)
    sole = moving.practitioner if moving and view == "week" else None
    chosen = CalendarFilter(request.GET, actor=request.actor, sole=sole)
    if chosen.names_a_stranger:
        raise Http404
    return Looking(actor=request.actor, filter=chosen, moving=moving)


def _in_hand(request: ClinicRequest) -> Appointment | None:
    number = request.GET.get("move", "")
    if not number.isdecimal() or len(number) > 18:
        return None
    permissions.require(request.actor.role, "appointment.reschedule")
    mine = access.changeable_appointments(request.actor).select_related("patient", "practitioner")
    return get_object_or_404(mine, pk=int(number))


def _days(looking: Looking, first: date, found: list[Appointment]) -> list[date]:
    """Monday to Friday; the weekend as far as it is asked for or something is booked on it."""
    local = looking.actor.organization.local
    booked = max((local(one.starts_at).date() for one in found), default=first)
    last = min(max(first + FRIDAY * DAY, looking.day, booked), first + 6 * DAY)
    return [first + number * DAY for number in range((last - first).days + 1)]


def _day_column(looking: Looking, day: date, practitioner: Practitioner) -> Column:
    return Column(
        key=f"{day:%Y%m%d}",
        title=f"{day:%a %-d}",
        subtitle=f"{day:%B}",
        day=day,
        is_today=day == looking.actor.organization.today(),
        practitioner=practitioner,
    )


def _practitioner_column(looking: Looking, practitioner: Practitioner) -> Column:
    return Column(
        key=f"p{practitioner.pk}",
        title=practitioner.name,
        subtitle=practitioner.credential,
        day=looking.day,
        is_today=looking.day == looking.actor.organization.today(),
        practitioner=practitioner,
        hue=practitioner.hue,
    )


def _roster(
    looking: Looking,
    who: list[Practitioner],
    days: list[date],
    found: list[Appointment],
    label: str,
) -> Roster:
    """A row for each practitioner, with the next free time of each day.

    With an appointment in hand, all times at which it fits.
    """
    columns = [
        replace(_day_column(looking, day, one), key=f"p{one.pk}-{day:%Y%m%d}")
        for one in who
        for day in days
    ]
    looking.paint(columns, found, label=label, next_only=True)
    today = looking.actor.organization.today()
    headings = [
        Heading(day, day == today, looking.url("day", date=day.isoformat())) for day in days
    ]
    own_weeks = {one.pk: looking.url("week", practitioner=one.pk) for one in who}
    return Roster(label, headings, rows(columns, own_weeks), looking.in_hand())


def _practitioners(
    looking: Looking, first: date, last: date, *, most: int
) -> tuple[list[Practitioner], int]:
    """Whose appointments are shown, and how many practitioners there was no room for."""
    if looking.filter.whose:
        return [looking.filter.whose], 0
    rows = looking.of_everybody(first, last).order_by()
    booked = set(rows.values_list("practitioner_id", flat=True).distinct())
    active = {one.pk: one for one in looking.filter.practitioners.values()}
    gone = accounts_access.practitioners(looking.actor).filter(pk__in=booked - active.keys())
    everybody = [*active.values(), *gone]
    chosen = sorted(everybody, key=lambda one: one.pk not in booked)[:most]
    chosen.sort(key=lambda one: (one.last_name, one.first_name, one.pk))
    return chosen, len(everybody) - len(chosen)


def _page(
    request: ClinicRequest,
    looking: Looking,
    shown: dict[str, Any],
    *,
    title: str,
    view: str,
    step: timedelta,
) -> HttpResponse:
    today = looking.actor.organization.today()
    new = f"{looking.actor.url('scheduling:book')}?{urlencode(_new_booking(looking))}"
    bar = {
        "title": title,
        "previous": looking.url(view, date=(looking.day - step).isoformat()),
        "next": looking.url(view, date=(looking.day + step).isoformat()),
        "today": looking.url(view, date=today.isoformat()),
        "views": [
            {"label": "Day", "href": looking.url("day"), "current": view == "day"},
            {"label": "Week", "href": looking.url("week"), "current": view == "week"},
        ],
        "new": new if looking.actor.may("appointment.book") else "",
    }
    context = {"bar": bar, "filter": looking.filter, **shown}
    # Moving on swaps all but the panel; a change in the panel swaps the grid.
    part = {"calendar-view": "#view", "calendar": "#grid"}.get(request.htmx.target or "", "")
    return render(request, f"scheduling/calendar/calendar.html{part}", context)


def _new_booking(looking: Looking) -> dict[str, object]:
    day = max(looking.day, looking.actor.organization.today())
    chosen = looking.filter.whose
    return {"date": day.isoformat(), **({"practitioner": chosen.pk} if chosen else {})}
