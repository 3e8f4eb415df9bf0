"""The week, days as columns, and the day, practitioners as columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts import permissions
from accounts.actor import Actor
from accounts.http import ClinicRequest
from accounts.models import Practitioner
from accounts.roles import Role
from scheduling import access
from scheduling.calendar.grid import Calendar, Column, Moving, Painter
from scheduling.forms.calendar import ALL, CalendarFilter
from scheduling.models import Appointment
from scheduling.models.appointment import LONGEST, AppointmentQuerySet, Status

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
FRIDAY = 4
MOST_COLUMNS = 12


@require_safe
def week(request: ClinicRequest) -> HttpResponse:
    looking = _looking(request)
    first = looking.day - timedelta(days=looking.day.weekday())
    practitioner = looking.filter.whose
    found = looking.appointments(first, first + 6 * DAY, practitioner)
    days = _days(looking, first, found)
    columns = [_day_column(looking, day, practitioner) for day in days]
    calendar = looking.paint(columns, found, label=f"Week of {first:%-d %B %Y}")
    title = f"{first:%-d} – {days[-1]:%-d %B %Y}"
    if first.month != days[-1].month:
        title = f"{first:%-d %b} – {days[-1]:%-d %b %Y}"
    return _page(request, looking, calendar, title=title, view="week", step=WEEK)


@require_safe
def day(request: ClinicRequest) -> HttpResponse:
    looking = _looking(request)
    chosen = looking.filter.whose
    found = looking.appointments(looking.day, looking.day, chosen)
    who, left_out = _columns_of(looking, found)
    columns = [_practitioner_column(looking, one) for one in who]
    label = f"{looking.day:%A %-d %B %Y}"
    calendar = looking.paint(columns, found, label=label)
    return _page(request, looking, calendar, title=label, view="day", step=DAY, left_out=left_out)


@dataclass(frozen=True)
class Looking:
    """One look at the calendar: who, at which part of it, with whose appointment in hand."""

    actor: Actor
    filter: CalendarFilter
    moving: Appointment | None
    view: str

    @property
    def day(self) -> date:
        return self.filter.day

    def appointments(
        self, first: date, last: date, practitioner: Practitioner | None
    ) -> list[Appointment]:
        """Those that lie in the days; a practitioner sees all of a colleague they look at."""
        everybody = practitioner is None and self.view == "week"
        scope = access.appointments if everybody else access.busy_times
        found: AppointmentQuerySet = scope(self.actor).select_related(
            "patient", "practitioner", "service_code"
        )
        if practitioner is not None:
            found = found.filter(practitioner=practitioner)
        if everybody and self.filter.where:
            found = found.filter(location=self.filter.where)
        if not self.filter.cleaned_data.get("cancelled"):
            found = found.exclude(status=Status.CANCELLED)
        zone = self.actor.organization.zone
        start = datetime.combine(first, time.min, zone)
        end = datetime.combine(last + DAY, time.min, zone)
        return list(
            found.filter(
                starts_at__lt=end, starts_at__gt=start - LONGEST, ends_at__gt=start
            ).order_by("starts_at", "id")
        )

    def paint(self, columns: list[Column], found: list[Appointment], *, label: str) -> Calendar:
        actor, location = self.actor, self.filter.where
        own = {actor.practitioner_id or 0} if actor.role == Role.PRACTITIONER else None
        painter = Painter(
            actor=actor,
            named=self._named(found),
            bookable_for=own,
            location_id=location.pk if location else None,
            show_who=self.filter.whose is None and self.view == "week",
        )
        return painter.paint(columns, found, label=label, moving=self._moving())

    def _named(self, found: list[Appointment]) -> set[int]:
        ids = {one.pk for one in found}
        if self.actor.role != Role.PRACTITIONER:
            return ids
        visible = access.appointments(self.actor).filter(pk__in=ids)
        return set(visible.order_by().values_list("pk", flat=True))

    def _moving(self) -> Moving | None:
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
    chosen = CalendarFilter(request.GET, actor=request.actor)
    if chosen.names_a_stranger:
        raise Http404
    match = request.resolver_match
    return Looking(
        actor=request.actor,
        filter=chosen,
        moving=_in_hand(request),
        view=(match.url_name if match else None) or "week",
    )


def _in_hand(request: ClinicRequest) -> Appointment | None:
    number = request.GET.get("move", "")
    if not number.isdecimal() or len(number) > 18:
        return None
    permissions.require(request.actor.role, "appointment.reschedule")
    mine = access.changeable_appointments(request.actor).select_related("patient")
    return get_object_or_404(mine, pk=int(number))


def _days(looking: Looking, first: date, found: list[Appointment]) -> list[date]:
    """Monday to Friday; the weekend as far as it is asked for or something is booked on it."""
    local = looking.actor.organization.local
    booked = max((local(one.starts_at).date() for one in found), default=first)
    last = min(max(first + FRIDAY * DAY, looking.day, booked), first + 6 * DAY)
    return [first + number * DAY for number in range((last - first).days + 1)]


def _day_column(looking: Looking, day: date, practitioner: Practitioner | None) -> Column:
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


def _columns_of(looking: Looking, found: list[Appointment]) -> tuple[list[Practitioner], int]:
    """Whose columns the day has, and how many practitioners had no room in it."""
    if looking.filter.whose:
        return [looking.filter.whose], 0
    booked = {one.practitioner_id: one.practitioner for one in found}
    active = {one.pk: one for one in looking.filter.practitioners.values()}
    everybody = list((active | booked).values())
    if len(everybody) <= MOST_COLUMNS:
        chosen = everybody
    else:
        chosen = sorted(everybody, key=lambda one: one.pk not in booked)[:MOST_COLUMNS]
    chosen.sort(key=lambda one: (one.last_name, one.first_name, one.pk))
    return chosen, len(everybody) - len(chosen)


def _page(
    request: ClinicRequest,
    looking: Looking,
    calendar: Calendar,
    *,
    title: str,
    view: str,
    step: timedelta,
    left_out: int = 0,
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
    context = {
        "bar": bar,
        "calendar": calendar,
        "filter": looking.filter,
        "left_out": left_out,
    }
    # Moving on swaps all but the panel; a change in the panel swaps the grid.
    part = {"calendar-view": "#view", "calendar": "#grid"}.get(request.htmx.target or "", "")
    return render(request, f"scheduling/calendar.html{part}", context)


def _new_booking(looking: Looking) -> dict[str, object]:
    day = max(looking.day, looking.actor.organization.today())
    chosen = looking.filter.whose
    return {"date": day.isoformat(), **({"practitioner": chosen.pk} if chosen else {})}
