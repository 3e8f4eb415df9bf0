"""The week of one practitioner (columns are days) or of all, and the day (columns are people)."""

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
from scheduling.calendar.grid import Calendar, CalendarBuilder, Column, Moving
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
    query = _calendar_query(request)
    first = query.day - timedelta(days=query.day.weekday())
    who, left_out = _practitioners(query, first, first + 6 * DAY, limit=MAX_ROWS)
    found = query.appointments(first, first + 6 * DAY, who)
    days = _days(query, first, found)
    title = f"{first:%-d} – {days[-1]:%-d %B %Y}"
    if first.month != days[-1].month:
        title = f"{first:%-d %b} – {days[-1]:%-d %b %Y}"
    label = f"Week of {first:%-d %B %Y}"
    if query.filter.chosen_practitioner is None:
        roster = _roster(query, who, days, found, label)
        shown = {"roster": roster, "left_out": left_out}
    else:
        columns = [_day_column(query, day, query.filter.chosen_practitioner) for day in days]
        shown = {"calendar": query.build(columns, found, label=label)}
    return _page(request, query, shown, title=title, view="week", step=WEEK)


@require_safe
def day(request: ClinicRequest) -> HttpResponse:
    query = _calendar_query(request)
    who, left_out = _practitioners(query, query.day, query.day, limit=MAX_COLUMNS)
    found = query.appointments(query.day, query.day, who)
    columns = [_practitioner_column(query, one) for one in who]
    label = f"{query.day:%A %-d %B %Y}"
    shown = {"calendar": query.build(columns, found, label=label), "left_out": left_out}
    return _page(request, query, shown, title=label, view="day", step=DAY)


@dataclass(frozen=True)
class CalendarQuery:
    """What a request asks of the calendar: by whom, which part, and which appointment it moves."""

    actor: Actor
    filter: CalendarFilter
    moving: Appointment | None

    @property
    def day(self) -> date:
        return self.filter.day

    def appointments(self, first: date, last: date, who: list[Practitioner]) -> list[Appointment]:
        found = self.all_appointments(first, last).filter(practitioner__in=who)
        with_people = found.select_related("patient", "practitioner", "service_code")
        return list(with_people.order_by("starts_at", "id"))

    def all_appointments(self, first: date, last: date) -> AppointmentQuerySet:
        """All on these days, including those of which the actor may know only the time."""
        found: AppointmentQuerySet = access.busy_times(self.actor)
        if not self.filter.cleaned_data.get("cancelled"):
            found = found.exclude(status=Status.CANCELLED)
        zone = self.actor.organization.zone
        start = datetime.combine(first, time.min, zone)
        end = datetime.combine(last + DAY, time.min, zone)
        return found.filter(
            starts_at__lt=end, starts_at__gt=start - MAX_APPOINTMENT_DURATION, ends_at__gt=start
        )

    def build(
        self,
        columns: list[Column],
        found: list[Appointment],
        *,
        label: str,
        next_only: bool = False,
    ) -> Calendar:
        actor, location = self.actor, self.filter.chosen_location
        own = {actor.practitioner_id or 0} if actor.role == Role.PRACTITIONER else None
        named = self._named(found)
        shown = [one.patient_id for one in found if one.pk in named]
        record_views.listed(actor=actor, of="calendar", patients=shown)
        builder = CalendarBuilder(
            actor=actor,
            named=named,
            bookable_for=own,
            location_id=location.pk if location else None,
            next_only=next_only and not self.moving,
            fitting=self.moving,
        )
        return builder.build(columns, found, label=label, moving=self.moving_context())

    def _named(self, found: list[Appointment]) -> set[int]:
        ids = {one.pk for one in found}
        if self.actor.role != Role.PRACTITIONER:
            return ids
        visible = access.appointments(self.actor).filter(pk__in=ids)
        return set(visible.order_by().values_list("pk", flat=True))

    def moving_context(self) -> Moving | None:
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
        """The URL of this query with some parameters changed."""
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


def _calendar_query(request: ClinicRequest) -> CalendarQuery:
    permissions.require(request.actor.role, "calendar.view")
    match = request.resolver_match
    view = (match.url_name if match else None) or "week"
    moving = _appointment_to_move(request)
    default = moving.practitioner if moving and view == "week" else None
    chosen = CalendarFilter(request.GET, actor=request.actor, default=default)
    if chosen.has_unknown_choice:
        raise Http404
    return CalendarQuery(actor=request.actor, filter=chosen, moving=moving)


def _appointment_to_move(request: ClinicRequest) -> Appointment | None:
    number = request.GET.get("move", "")
    if not number.isdecimal() or len(number) > 18:
        return None
    permissions.require(request.actor.role, "appointment.reschedule")
    mine = access.changeable_appointments(request.actor).select_related("patient", "practitioner")
    return get_object_or_404(mine, pk=int(number))


def _days(query: CalendarQuery, first: date, found: list[Appointment]) -> list[date]:
    """Monday to Friday, and the weekend up to the day asked for or the last day with bookings."""
    local = query.actor.organization.local
    booked = max((local(one.starts_at).date() for one in found), default=first)
    last = min(max(first + FRIDAY * DAY, query.day, booked), first + 6 * DAY)
    return [first + number * DAY for number in range((last - first).days + 1)]


def _day_column(query: CalendarQuery, day: date, practitioner: Practitioner) -> Column:
    return Column(
        key=f"{day:%Y%m%d}",
        title=f"{day:%a %-d}",
        subtitle=f"{day:%B}",
        day=day,
        is_today=day == query.actor.organization.today(),
        practitioner=practitioner,
    )


def _practitioner_column(query: CalendarQuery, practitioner: Practitioner) -> Column:
    return Column(
        key=f"p{practitioner.pk}",
        title=practitioner.name,
        subtitle=practitioner.credential,
        day=query.day,
        is_today=query.day == query.actor.organization.today(),
        practitioner=practitioner,
        hue=practitioner.hue,
    )


def _roster(
    query: CalendarQuery,
    who: list[Practitioner],
    days: list[date],
    found: list[Appointment],
    label: str,
) -> Roster:
    """A row for each practitioner, with the next free slot of each day.

    While an appointment is moved, with all slots that are long enough for it.
    """
    columns = [
        replace(_day_column(query, day, one), key=f"p{one.pk}-{day:%Y%m%d}")
        for one in who
        for day in days
    ]
    query.build(columns, found, label=label, next_only=True)
    today = query.actor.organization.today()
    headings = [Heading(day, day == today, query.url("day", date=day.isoformat())) for day in days]
    own_weeks = {one.pk: query.url("week", practitioner=one.pk) for one in who}
    return Roster(label, headings, rows(columns, own_weeks), query.moving_context())


def _practitioners(
    query: CalendarQuery, first: date, last: date, *, limit: int
) -> tuple[list[Practitioner], int]:
    """The practitioners to show, and the number of those left out."""
    if query.filter.chosen_practitioner:
        return [query.filter.chosen_practitioner], 0
    rows = query.all_appointments(first, last).order_by()
    booked = set(rows.values_list("practitioner_id", flat=True).distinct())
    active = {one.pk: one for one in query.filter.practitioners.values()}
    inactive = accounts_access.practitioners(query.actor).filter(pk__in=booked - active.keys())
    everybody = [*active.values(), *inactive]
    chosen = sorted(everybody, key=lambda one: one.pk not in booked)[:limit]
    chosen.sort(key=lambda one: (one.last_name, one.first_name, one.pk))
    return chosen, len(everybody) - len(chosen)


def _page(
    request: ClinicRequest,
    query: CalendarQuery,
    shown: dict[str, Any],
    *,
    title: str,
    view: str,
    step: timedelta,
) -> HttpResponse:
    today = query.actor.organization.today()
    new = f"{query.actor.url('scheduling:book')}?{urlencode(_new_booking(query))}"
    bar = {
        "title": title,
        "previous": query.url(view, date=(query.day - step).isoformat()),
        "next": query.url(view, date=(query.day + step).isoformat()),
        "today": query.url(view, date=today.isoformat()),
        "views": [
            {"label": "Day", "href": query.url("day"), "current": view == "day"},
            {"label": "Week", "href": query.url("week"), "current": view == "week"},
        ],
        "new": new if query.actor.may("appointment.book") else "",
    }
    context = {"bar": bar, "filter": query.filter, **shown}
    # Another date or filter swaps all but the panel; a change in the panel swaps the grid.
    part = {"calendar-view": "#view", "calendar": "#grid"}.get(request.htmx.target or "", "")
    return render(request, f"scheduling/calendar/calendar.html{part}", context)


def _new_booking(query: CalendarQuery) -> dict[str, object]:
    day = max(query.day, query.actor.organization.today())
    chosen = query.filter.chosen_practitioner
    return {"date": day.isoformat(), **({"practitioner": chosen.pk} if chosen else {})}
