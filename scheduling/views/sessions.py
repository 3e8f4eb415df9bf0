from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.http import ClinicRequest
from accounts.lists import list_page
from accounts.pages import form_page
from accounts.permissions import require
from accounts.services import records
from scheduling import access, note_templates
from scheduling.filters import SessionFilter
from scheduling.forms.note import AddendumForm, NoteForm
from scheduling.models import ProgressNote, Session
from scheduling.services import notes
from scheduling.tables import SessionTable


def session_list(request: ClinicRequest) -> HttpResponse:
    require(request.actor.role, "session.view")
    rows = access.sessions(request.actor).select_related(
        "patient", "practitioner", "appointment__service_code", "note"
    )
    return list_page(
        request,
        template="scheduling/sessions.html",
        rows=rows,
        table=SessionTable,
        filters=SessionFilter,
        listed_records="sessions",
    )


def session(request: ClinicRequest, pk: int) -> HttpResponse:
    """The session with its note: to read, or for its author to write."""
    require(request.actor.role, "session.view")
    found = _found(request, pk)
    records.view(actor=request.actor, patient=found.patient, obj=found)
    note = _note(request, found)
    form = None
    if notes.may_write(request.actor, found) and not (note and note.is_signed):
        form = _form(request, note)
    return render(request, "scheduling/session.html", _context(request, found, note, form))


def note_write(request: ClinicRequest, pk: int) -> HttpResponse:
    """Keep the draft; with the button Sign, sign it in the same transaction."""
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
        return render(request, "scheduling/session.html#note_state", {"note": written})

    form = NoteForm(request.POST, format=request.POST.get("format", note_templates.SOAP))
    return form_page(
        request,
        verb="note.write",
        form=form,
        template="scheduling/session.html" + ("#note_state" if request.htmx else ""),
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
        template="scheduling/session.html",
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
    """The draft; while nothing is written, the beginning that was chosen with ?template=."""
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
