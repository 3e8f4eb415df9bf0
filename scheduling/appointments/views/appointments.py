from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, render
from django.utils.dateparse import parse_datetime

from accounts.access import practitioners
from accounts.actor import Actor
from accounts.audit.history import history
from accounts.errors import Invalid
from accounts.permissions import require
from accounts.roles import Role
from accounts.web.form_pages import action, form_page
from accounts.web.list_pages import list_page
from accounts.web.requests import ClinicRequest, id_in
from accounts.writes import record_views
from scheduling import access, wall_time
from scheduling.appointments import cancellation
from scheduling.appointments import services as appointments
from scheduling.appointments.filters import AppointmentFilter
from scheduling.appointments.forms import PRIVATE, BookingForm, CancelForm
from scheduling.appointments.history import related_events
from scheduling.appointments.tables import AppointmentTable
from scheduling.appointments.views import panel
from scheduling.appointments.views.booking import (
    booking_arguments,
    entered_data,
    page_url,
    previewed,
)
from scheduling.appointments.views.panel import MOVE
from scheduling.appointments.views.steps import back_to
from scheduling.models import Appointment

# Moving back does not restore these: Undo is offered only if none of them was changed.
UNCHANGED_BY_MOVE = ("minutes", "service_code_id", "authorization_id", "room_id")


def appointment_list(request: ClinicRequest) -> HttpResponse:
    require(request.actor.role, "appointment.list")
    return list_page(
        request,
        template="scheduling/appointments/list.html",
        rows=access.appointments(request.actor).with_people(),
        table=AppointmentTable,
        filters=AppointmentFilter,
        listed_records="appointments",
    )


def appointment(request: ClinicRequest, pk: int) -> HttpResponse:
    """An appointment, its units and the possible actions; a page, or the panel for htmx."""
    actor = request.actor
    require(actor.role, "appointment.view")
    found = panel.find(request, pk)
    seen = record_views.view(actor=actor, patient=found.patient, obj=found)
    context = panel.context_of(request, found, glass=seen.break_glass, page_url=page_url(request))
    template = "scheduling/appointments/detail.html" + ("#panel" if request.htmx else "")
    return render(request, template, context)


def appointment_history(request: ClinicRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(access.appointments(request.actor), pk=pk)
    return history(request, found, extra_events=related_events(found))


def cancel(request: ClinicRequest, pk: int) -> HttpResponse:
    """Show what cancelling will do; POST cancels."""
    found = panel.find_changeable(request, pk)
    actor = request.actor
    by_patient = actor.role == Role.PATIENT
    starts_at = actor.organization.local(found.starts_at)
    initial = {"cancelled_by": Appointment.CancelledBy.PATIENT}
    back = actor.url("clinic:home") if by_patient else back_to(request, found)
    return form_page(
        request,
        verb="appointment.cancel",
        form=CancelForm(
            request.POST if request.method == "POST" else None,
            by_patient=by_patient,
            initial=initial,
        ),
        template="scheduling/appointments/cancel.html" + ("#question" if request.htmx else ""),
        save=lambda actor, fields: cancellation.cancel(
            actor=actor, appointment=found, version=panel.version_in(request.POST), **fields
        ),
        success_url=lambda cancelled: _cancelled(request, cancelled, back),
        context={
            "appointment": found,
            "text": f"{found.patient.called_name}, {starts_at:%a %-d %b, %H:%M}",
            "consequences": panel.consequences(found),
            "action": request.path,
            "cancel": back,
            "next": request.POST.get("next", ""),
        },
        viewed_patient=found.patient,
    )


def reschedule(request: ClinicRequest, pk: int) -> HttpResponse:
    """Any change of time, practitioner, service, authorization or room."""
    found = panel.find_changeable(request, pk)
    if request.method != "POST":
        record_views.view_part(actor=request.actor, patient=found.patient)
    form = _move_form(request, found)
    return form_page(
        request,
        verb=MOVE,
        form=form,
        template="scheduling/appointments/book.html" + ("#panel" if request.htmx else ""),
        save=lambda actor, fields: appointments.reschedule(
            actor=actor,
            appointment=found,
            version=panel.version_in(request.POST),
            **_move_arguments(form, found),
        ),
        success_url=lambda moved: _rescheduled(request, found, moved),
        context=_move_context(request, found, form),
    )


def reschedule_preview(request: ClinicRequest, pk: int) -> HttpResponse:
    """The form of `reschedule` with a preview of what is entered so far; saves nothing."""
    require(request.actor.role, MOVE)
    found = panel.find_changeable(request, pk)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    record_views.view_part(actor=request.actor, patient=found.patient)
    form = _move_form(request, found)
    form.is_valid()
    template = "scheduling/appointments/book.html" + ("#panel" if request.htmx else "")
    context = {"form": form, "changed": True, **_move_context(request, found, form)}
    return render(request, template, context)


def appointment_move(request: ClinicRequest, pk: int) -> HttpResponse:
    """Move it to another free time, otherwise unchanged: in the calendar, or by a toast's Undo."""
    found = panel.find_changeable(request, pk)
    sent = {**request.GET.dict(), **request.POST.dict()}
    return action(
        request,
        verb=MOVE,
        save=lambda actor: appointments.reschedule(
            actor=actor,
            appointment=found,
            version=panel.version_in(sent),
            **_slot_arguments(actor, found, sent),
        ),
        success_url=lambda moved: _rescheduled(request, found, moved),
        back=back_to(request, found),
    )


def _cancelled(request: ClinicRequest, cancelled: Appointment, back: str) -> str | HttpResponse:
    panel.add_ended_message(request, "Cancelled.", cancelled)
    return panel.after_change(request, cancelled.pk, go_to=back)


def _move_form(request: ClinicRequest, found: Appointment) -> BookingForm:
    data: Any = entered_data(request)
    if request.method != "POST":
        start = request.actor.organization.local(found.starts_at)
        data = {
            "service_code": found.service_code_id,
            "practitioner": found.practitioner_id,
            "day": f"{start:%Y-%m-%d}",
            "start": f"{start:%H:%M}",
            "minutes": found.minutes,
            "authorization": str(found.authorization_id or PRIVATE),
            "room": found.room_id or "",
        }
    return BookingForm(data, actor=request.actor, patient=found.patient, moves=found)


def _move_arguments(form: BookingForm, found: Appointment) -> dict[str, Any]:
    wanted = booking_arguments(form)
    del wanted["patient"]
    room = wanted["room"]
    return {**wanted, "location": room.location if room else found.location}


def _move_context(request: ClinicRequest, found: Appointment, form: BookingForm) -> dict[str, Any]:
    url = request.actor.url
    return {
        "appointment": found,
        "patient": found.patient,
        "heading": "Change the appointment",
        "submit": "Save",
        "back": url("scheduling:appointment", pk=found.pk),
        "action": url("scheduling:reschedule", pk=found.pk),
        "preview_url": url("scheduling:reschedule_preview", pk=found.pk),
        "next": page_url(request),
        **previewed(form, moving=found),
    }


def _slot_arguments(actor: Actor, found: Appointment, sent: dict[str, str]) -> dict[str, Any]:
    """Arguments of a move to a slot's practitioner and start, by the clinic's wall clock."""
    local = _parsed(sent.get("starts_at", ""))
    starts_at = wall_time.instant(actor.organization, local.date(), local.time())
    wanted = sent.get("practitioner", "")
    practitioner = found.practitioner
    if wanted and id_in(wanted) != practitioner.pk:
        practitioner = get_object_or_404(practitioners(actor), pk=id_in(wanted))
    return {
        "starts_at": starts_at,
        "ends_at": starts_at + (found.ends_at - found.starts_at),
        "practitioner": practitioner,
        "service_code": found.service_code,
        "authorization": found.authorization,
        "location": found.location,
        "room": found.room,
    }


def _parsed(text: str) -> datetime:
    try:
        local = parse_datetime(text)
    except ValueError:
        local = None
    if local is None:
        raise Invalid("Choose a time in the calendar.", code="time_invalid", field="starts_at")
    return local.replace(tzinfo=None)


def _undo_url(request: ClinicRequest, before: Appointment, after: Appointment) -> str:
    start = request.actor.organization.local(before.starts_at)
    params = {
        "starts_at": f"{start:%Y-%m-%dT%H:%M}",
        "practitioner": before.practitioner_id,
        "version": after.version,
    }
    url = request.actor.url("scheduling:appointment_move", pk=after.pk)
    return f"{url}?{urlencode(params)}"


def _rescheduled(
    request: ClinicRequest, before: Appointment, after: Appointment
) -> str | HttpResponse:
    moved_to = request.actor.organization.local(after.starts_at)
    is_moved = (before.starts_at, before.practitioner_id) != (
        after.starts_at,
        after.practitioner_id,
    )
    may_undo = is_moved and all(getattr(before, n) == getattr(after, n) for n in UNCHANGED_BY_MOVE)
    messages.success(
        request,
        f"Moved to {moved_to:%a %-d %b, %H:%M}." if is_moved else "Changed.",
        extra_tags=f"undo:{_undo_url(request, before, after)}" if may_undo else "",
    )
    if request.htmx and request.htmx.target == "calendar":
        return panel.after_move(request)
    go_to = page_url(request) or back_to(request, after)
    return panel.after_change(request, after.pk, go_to=go_to)
