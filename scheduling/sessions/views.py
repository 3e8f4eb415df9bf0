from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.actor import Actor
from accounts.permissions import require
from accounts.web.form_pages import form_page
from accounts.web.list_pages import list_page
from accounts.web.requests import ClinicRequest
from accounts.writes import record_views
from billing.ledger.errors import count
from billing.units import whole_minutes
from scheduling import access
from scheduling.appointments import checks
from scheduling.appointments.errors import TimeInvalid
from scheduling.appointments.forms import ReasonForm
from scheduling.appointments.views import panel
from scheduling.appointments.views.steps import change_with_message
from scheduling.models import Appointment, ProgressNote, Session, Status
from scheduling.notes import services as notes
from scheduling.notes import templates as note_templates
from scheduling.notes.forms import AddendumForm, NoteForm
from scheduling.sessions import services as sessions
from scheduling.sessions.filters import SessionFilter
from scheduling.sessions.forms import CompleteForm
from scheduling.sessions.tables import SessionTable


def start(request: ClinicRequest, pk: int) -> HttpResponse:
    return change_with_message(request, pk, "appointment.start", sessions.start, "Started.")


def complete(request: ClinicRequest, pk: int) -> HttpResponse:
    """The form with the actual times. If a button sends it empty, the times are used as they are.

    Except for a session that has just begun: the button may have been pressed by mistake, or the
    times may need a correction, so the form is shown again with them.
    """
    appointment = panel.find_changeable(request, pk)
    session = access.sessions(request.actor).filter(appointment=appointment).first()
    is_running = appointment.status == Status.IN_PROGRESS
    started_at = session.started_at if session else appointment.starts_at
    ended_at = appointment.ends_at
    if is_running:  # in whole minutes, since the form's fields have no seconds
        ended_at = started_at + timedelta(minutes=whole_minutes(started_at, timezone.now()))
    form = CompleteForm(
        request.POST or None, initial={"started_at": started_at, "ended_at": ended_at}
    )

    def save(actor: Actor, times: dict[str, Any]) -> Session:
        if is_running and not any(times.values()):
            form.fill(started_at=started_at, ended_at=ended_at)
            _confirm_short_session(appointment, started_at, ended_at)
        return sessions.complete(actor=actor, appointment=appointment, **times)

    return form_page(
        request,
        verb="appointment.complete",
        form=form,
        template="scheduling/sessions/complete.html",
        save=save,
        success_url=lambda done: request.actor.url("scheduling:session", pk=done.pk),
        context={
            "appointment": appointment,
            "cancel": request.actor.url("scheduling:appointment", pk=pk),
        },
        success_message="Completed.",
        viewed_patient=appointment.patient,
    )


def _confirm_short_session(
    appointment: Appointment, started_at: datetime, ended_at: datetime
) -> None:
    """Raises TimeInvalid for a session too short for a unit, to ask whether it was a mistake.

    The service accepts such a session; only a page can ask.
    """
    try:
        checks.units(appointment.service_code, started_at, ended_at)
    except TimeInvalid as short:
        again = ", or complete it again if they are right" if ended_at > started_at else ""
        raise TimeInvalid(
            f"{short.message} Correct the times{again}.", code="too_short", field="ended_at"
        ) from None


def reopen(request: ClinicRequest, pk: int) -> HttpResponse:
    appointment = panel.find_changeable(request, pk)
    page = request.actor.url("scheduling:appointment", pk=pk)

    def done(_: Any) -> str | HttpResponse:
        messages.success(request, "Reopened.")
        return panel.after_change(request, pk, go_to=page)

    consequences = ["The session is in progress again; a signed note stays locked"]
    if appointment.reservation is not None:
        used = count(appointment.reservation.consumed_units or 0)
        again = count(sessions.reserved_if_reopened(appointment.reservation))
        consequences.insert(0, f"Reverses the consumption of {used} and reserves {again}")
    return form_page(
        request,
        verb="appointment.reopen",
        form=ReasonForm(request.POST or None),
        template="scheduling/sessions/reopen.html",
        save=lambda actor, fields: sessions.reopen(
            actor=actor,
            appointment=appointment,
            reason=fields["reason"],
            version=panel.version_in(request.POST),
        ),
        success_url=done,
        context={"appointment": appointment, "consequences": consequences, "cancel": page},
        viewed_patient=appointment.patient,
    )


def session_list(request: ClinicRequest) -> HttpResponse:
    require(request.actor.role, "session.view")
    rows = access.sessions(request.actor).select_related(
        "patient", "practitioner", "appointment__service_code", "note"
    )
    return list_page(
        request,
        template="scheduling/sessions/list.html",
        rows=rows,
        table=SessionTable,
        filters=SessionFilter,
        listed_records="sessions",
    )


def session(request: ClinicRequest, pk: int) -> HttpResponse:
    """The session with its note: to read, or for its author to write."""
    require(request.actor.role, "session.view")
    found = _found(request, pk)
    record_views.view(actor=request.actor, patient=found.patient, obj=found)
    note = _note(request, found)
    form = None
    if notes.may_write(request.actor, found) and not (note and note.is_signed):
        form = _form(request, note)
    return render(request, "scheduling/sessions/detail.html", _context(request, found, note, form))


def note_write(request: ClinicRequest, pk: int) -> HttpResponse:
    """Save the draft; with the button Sign, also sign it in the same transaction."""
    found = _found(request, pk)
    page = request.actor.url("scheduling:session", pk=pk)
    if request.method != "POST":
        raise Http404
    require(request.actor.role, "note.write")
    notes.require_author(request.actor, found)
    note = _note(request, found)
    is_signing = "sign" in request.POST
    save = notes.write_and_sign if is_signing else notes.draft

    def done(written: ProgressNote) -> str | HttpResponse:
        if is_signing or not request.htmx:
            return page
        return render(request, "scheduling/sessions/detail.html#note_state", {"note": written})

    form = NoteForm(request.POST, format=request.POST.get("format", note_templates.SOAP))
    return form_page(
        request,
        verb="note.write",
        form=form,
        template="scheduling/sessions/detail.html" + ("#note_state" if request.htmx else ""),
        save=lambda actor, fields: save(actor=actor, session=found, **fields),
        success_url=done,
        context=_context(request, found, note, form),
        success_message=""
        if request.htmx and not is_signing
        else ("Signed." if is_signing else "Saved."),
    )


def addendum(request: ClinicRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    note = get_object_or_404(access.notes(request.actor), session=found)
    require(request.actor.role, "note.amend")
    notes.require_author(request.actor, found)
    form = AddendumForm(request.POST or None)
    return form_page(
        request,
        verb="note.amend",
        form=form,
        template="scheduling/sessions/detail.html",
        save=lambda actor, fields: notes.amend(actor=actor, note=note, **fields),
        success_url=lambda _: request.actor.url("scheduling:session", pk=pk),
        context={**_context(request, found, note, None), "addendum_form": form},
        success_message="Addendum added.",
        viewed_patient=found.patient,
    )


def _found(request: ClinicRequest, pk: int) -> Session:
    rows = access.sessions(request.actor).select_related(
        "patient",
        "practitioner",
        "appointment__service_code",
        "appointment__authorization",
        "appointment__location",
    )
    return get_object_or_404(rows, pk=pk)


def _note(request: ClinicRequest, session: Session) -> ProgressNote | None:
    notes = access.notes(request.actor).filter(session=session)
    return notes.select_related("signed_by").prefetch_related("addenda__author").first()


def _form(request: ClinicRequest, note: ProgressNote | None) -> NoteForm:
    """The form of the draft; for an empty note, filled from the template named by ?template=."""
    chosen = note_templates.BY_KEY.get(request.GET.get("template", ""))
    if chosen is not None and (note is None or note.is_empty):
        return NoteForm(format=chosen.format, initial={**chosen.texts, "format": chosen.format})
    if note is None:
        return NoteForm(format=note_templates.SOAP, initial={"format": note_templates.SOAP})
    fields = ("format", "subjective", "objective", "assessment", "plan", "narrative")
    return NoteForm(format=note.format, initial={name: getattr(note, name) for name in fields})


def _context(
    request: ClinicRequest, found: Session, note: ProgressNote | None, form: NoteForm | None
) -> dict[str, Any]:
    may_amend = note is not None and note.is_signed and notes.may_write(request.actor, found)
    return {
        "session": found,
        "appointment": found.appointment,
        "note": note,
        "note_form": form,
        "templates": note_templates.TEMPLATES,
        "addendum_form": AddendumForm() if may_amend else None,
    }
