"""The home page of each role: what there is to do today."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import patients
from accounts.break_glass import services as break_glass
from accounts.roles import Role
from accounts.web.list_pages import render_list
from accounts.web.requests import ClinicRequest
from accounts.writes import record_views
from billing import access as billing_access
from billing.authorizations import attention
from scheduling import access
from scheduling.appointments.cancellation import patient_may_cancel
from scheduling.appointments.filters import TO_COME
from scheduling.models import Appointment, Status
from scheduling.models.appointment import MOVABLE, OCCUPYING, AppointmentQuerySet

MAX_ITEMS = 8
MAX_APPOINTMENTS = 50
# By status filter of the appointment list: the label and the statuses counted.
COUNTED = {
    TO_COME: ("To come", MOVABLE),
    str(Status.ARRIVED): ("Arrived", {Status.ARRIVED}),
    str(Status.IN_PROGRESS): ("In progress", {Status.IN_PROGRESS}),
    str(Status.COMPLETED): ("Completed", {Status.COMPLETED}),
}
UPCOMING = [status for status in OCCUPYING if status != Status.COMPLETED]


def home(request: ClinicRequest) -> HttpResponse:
    views = {
        Role.ADMIN: overview,
        Role.VIEWER: overview,
        Role.PRACTITIONER: my_day,
        Role.PATIENT: my_care,
        Role.SUPERADMIN: installation,
    }
    return views[request.actor.role](request)


def overview(request: ClinicRequest) -> HttpResponse:
    """For administrators and viewers: the whole clinic's day."""
    actor = request.actor
    rows = _today(request, access.appointments(actor))
    today = list(rows[: MAX_APPOINTMENTS + 1])
    unsigned = access.sessions(actor).unsigned().select_related("patient", "practitioner")
    oldest = list(unsigned.order_by("started_at")[:MAX_ITEMS])
    pressing = list(attention.authorizations(actor)[:MAX_ITEMS])
    _listed(request, today[:MAX_APPOINTMENTS], oldest, pressing)
    return render(
        request,
        "clinic/home/overview.html",
        {
            "today": actor.organization.today(),
            "appointments": today[:MAX_APPOINTMENTS],
            "has_more": len(today) > MAX_APPOINTMENTS,
            "counts": _counts(request, rows),
            "attention": pressing,
            "unsigned": oldest,
            "unsigned_count": unsigned.count(),
            "broken_glass": break_glass.recent(actor)[:MAX_ITEMS],
        },
    )


def my_day(request: ClinicRequest) -> HttpResponse:
    """For practitioners: their own day, their notes, their patients' units."""
    actor = request.actor
    rows = _today(request, access.changeable_appointments(actor))
    today = list(rows)
    unsigned = access.sessions(actor).unsigned().filter(practitioner_id=actor.practitioner_id)
    units = (
        billing_access.authorizations(actor)
        .usable_on(actor.organization.today())
        .with_available()
        .select_related("patient")
        .order_by("available", "end_date")
    )
    notes = list(unsigned.select_related("patient", "practitioner")[:MAX_ITEMS])
    fewest = list(units[:MAX_ITEMS])
    _listed(request, today, notes, fewest)
    return render(
        request,
        "clinic/home/my_day.html",
        {
            "today": actor.organization.today(),
            "appointments": today,
            "counts": _counts(request, rows, practitioner=str(actor.practitioner_id)),
            "unsigned": notes,
            "unsigned_count": unsigned.count(),
            "authorizations": fewest,
        },
    )


def my_care(request: ClinicRequest) -> HttpResponse:
    """For patients, and for guardians with all of their children."""
    actor = request.actor
    seen = access.appointments(actor).with_people().select_related("organization")
    coming = list(
        seen.filter(ends_at__gte=timezone.now(), status__in=UPCOMING).order_by("starts_at")[
            :MAX_APPOINTMENTS
        ]
    )
    authorizations = (
        billing_access.authorizations(actor)
        .usable_on(actor.organization.today())
        .select_related("patient")
        .prefetch_related("service_codes")
    )
    given = access.sessions(actor).completed()
    past = Paginator(
        given.select_related("patient", "practitioner", "appointment__service_code"), MAX_ITEMS
    )
    own = list(patients(actor))
    record_views.listed(actor=actor, of="home", patients=[patient.pk for patient in own])
    return render_list(
        request,
        "clinic/home/my_care.html",
        {
            "patients": own,
            "next": _next_of_each(coming),
            "coming": [(one, patient_may_cancel(one)) for one in coming],
            "authorizations": authorizations.order_by("patient", "end_date")[:MAX_APPOINTMENTS],
            "sessions": past.get_page(request.GET.get("page")),
        },
    )


def _listed(request: ClinicRequest, *lists: list[Any]) -> None:
    shown = [row.patient_id for rows in lists for row in rows]
    record_views.listed(actor=request.actor, of="home", patients=shown)


def _next_of_each(coming: list[Appointment]) -> list[Appointment]:
    """The next appointment of every patient, the soonest first."""
    first: dict[int, Appointment] = {}
    for appointment in coming:
        first.setdefault(appointment.patient_id, appointment)
    return list(first.values())


def installation(request: ClinicRequest) -> HttpResponse:
    """For super-administrators who are not members: shows no patient's name."""
    return render(request, "clinic/home/installation.html")


def _today(request: ClinicRequest, rows: AppointmentQuerySet) -> AppointmentQuerySet:
    clinic = request.actor.organization
    today = clinic.today()
    return rows.between_days(clinic, today, today).with_people().order_by("starts_at", "id")


def _counts(
    request: ClinicRequest, rows: AppointmentQuerySet, **chosen: str
) -> list[dict[str, object]]:
    """Today's counts by status, with links to the lists; `chosen` are further filters of these."""
    counted = {
        name: Count("pk", filter=Q(status__in=statuses)) for name, (_, statuses) in COUNTED.items()
    }
    found = rows.order_by().aggregate(**counted)
    day = request.actor.organization.today().isoformat()
    appointments = request.actor.url("scheduling:appointments")

    def href(status: str) -> str:
        wanted = {"first": day, "last": day, "status": status, **chosen}
        return f"{appointments}?{urlencode(wanted)}"

    return [
        {"label": label, "value": found[status], "href": href(status)}
        for status, (label, _) in COUNTED.items()
    ]
