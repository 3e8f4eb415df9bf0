from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.access import patients
from accounts.actor import Actor
from accounts.models import Patient
from accounts.permissions import require
from accounts.web.requests import ClinicRequest
from accounts.writes import record_views
from billing import access as billing_access
from billing.models import Reservation
from billing.sources import Source
from scheduling import access
from scheduling.models.appointment import MAX_APPOINTMENT_DURATION

MAX_RESERVED_LISTED = 25


MAX_UPCOMING, MAX_PAST = 10, 10


def authorization_appointments(request: ClinicRequest, pk: int) -> HttpResponse:
    """The part of an authorization's page that lists the appointments with reserved units."""
    actor = request.actor
    require(actor.role, "appointment.view")
    authorizations = billing_access.authorizations(actor).select_related("patient")
    found = get_object_or_404(authorizations, pk=pk)
    record_views.view_part(actor=actor, patient=found.patient)
    rows = access.appointments(actor).filter(
        authorization=found, reservation__state=Reservation.State.ACTIVE
    )
    listed = _first_rows(rows.with_people().order_by("starts_at"), MAX_RESERVED_LISTED)
    return _part(request, "Appointments with reserved units", listed)


def patient_appointments(request: ClinicRequest, pk: int) -> HttpResponse:
    """The part of a patient's page that lists their appointments: the next ones, then past ones."""
    actor = request.actor
    require(actor.role, "appointment.view")
    found = get_object_or_404(patients(actor), pk=pk)
    record_views.view_part(actor=actor, patient=found)
    rows = access.appointments(actor).filter(patient=found).with_people()
    now = timezone.now()
    to_come = rows.filter(ends_at__gte=now, starts_at__gt=now - MAX_APPOINTMENT_DURATION)
    shown = [
        *_first_rows(to_come.order_by("starts_at"), MAX_UPCOMING),
        *_first_rows(rows.filter(ends_at__lt=now).order_by("-starts_at"), MAX_PAST),
    ]
    everything = f"{actor.url('scheduling:appointments')}?patient={found.pk}"
    new = _booking_url(actor, found)
    return _part(request, "Appointments", shown, fragment="card", everything=everything, new=new)


def _booking_url(actor: Actor, patient: Patient) -> str:
    """The URL to book for the patient; empty if the actor may not."""
    theirs = access.bookable_patients(actor).filter(pk=patient.pk, is_active=True)
    if actor.may("appointment.book") and theirs.exists():
        return f"{actor.url('scheduling:book')}?patient={patient.pk}"
    return ""


def sources(actor: Actor, ids: Collection[int]) -> dict[int, Source]:
    """Resolves the ledger's sources "appointment:17" by their ids; see `billing.sources`."""
    rows = access.appointments(actor).filter(pk__in=ids).select_related("service_code")
    return {
        row.pk: Source(
            f"{row.service_code.full_code}, {actor.organization.local(row.starts_at):%-d %b %Y}",
            actor.url("scheduling:appointment", pk=row.pk),
        )
        for row in rows
    }


def _first_rows(rows: Any, limit: int) -> list[Any]:
    return list(rows.select_related("reservation")[:limit])


def _part(
    request: ClinicRequest,
    title: str,
    appointments: list[Any],
    *,
    fragment: str = "part",
    everything: str = "",
    new: str = "",
) -> HttpResponse:
    template = "scheduling/appointments/part.html" + (f"#{fragment}" if request.htmx else "")
    context = {"title": title, "appointments": appointments, "everything": everything, "new": new}
    return render(request, template, context)
