"""An appointment as it is now, and what may be done with it: beside the calendar or as a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django_htmx.http import trigger_client_event

from accounts.access import open_glass
from accounts.actor import Actor
from accounts.models import BreakGlass
from accounts.roles import Role
from accounts.web.requests import ClinicRequest, id_in
from billing.errors import count
from scheduling import access
from scheduling.appointments import cancellation, checks
from scheduling.appointments.forms import CancelForm
from scheduling.models import Appointment, Status

MOVE = "appointment.reschedule"


def find(request: ClinicRequest, pk: int) -> Appointment:
    rows = access.appointments(request.actor).with_people()
    found: Appointment = get_object_or_404(
        rows.select_related("reservation", "authorization__payer", "organization"), pk=pk
    )
    return found


def find_changeable(request: ClinicRequest, pk: int) -> Appointment:
    """One that the actor may change; for others there is none."""
    rows = access.changeable_appointments(request.actor).with_people()
    found: Appointment = get_object_or_404(
        rows.select_related("reservation", "organization"), pk=pk
    )
    return found


def version_in(sent: Mapping[str, str]) -> int | None:
    """The version that the page showed."""
    version = sent.get("version", "")
    return id_in(version) if version else None


def context_of(
    request: ClinicRequest, found: Appointment, *, glass: BreakGlass | None, page_url: str = ""
) -> dict[str, Any]:
    """What `appointment.html` draws; `page_url` is that of the calendar that the panel is open on.

    `glass` is the access by which the actor is in this record.
    """
    actor = request.actor
    return {
        "appointment": found,
        "back": actor.url("scheduling:week" if actor.may("calendar.view") else "clinic:home"),
        "next": page_url,
        "session": access.sessions(actor).filter(appointment=found).first(),
        "glass": glass,
        **_possible(actor, found),
    }


def is_open(request: ClinicRequest) -> bool:
    """Whether the answer is drawn into the panel, so that the calendar beside it stays."""
    return bool(request.htmx) and request.htmx.target == "panel"


def after_change(request: ClinicRequest, pk: int, *, go_to: str) -> str | HttpResponse:
    """The panel anew, the calendar told to follow, and the messages.

    Without a panel, and beside a page that does not follow, `go_to`.
    """
    if not is_open(request) or _is_on_another_page(request):
        return go_to
    found = find(request, pk)
    context = context_of(request, found, glass=open_glass(request.actor, found.patient))
    drawn = render(request, "scheduling/appointments/changed.html", context)
    return trigger_client_event(drawn, "calendar-changed")


def _is_on_another_page(request: ClinicRequest) -> bool:
    """Than the calendar, which draws itself anew."""
    path = urlsplit(request.htmx.current_url or "").path
    calendar = (request.actor.url("scheduling:week"), request.actor.url("scheduling:day"))
    return bool(path) and path not in calendar


def after_move(request: ClinicRequest) -> HttpResponse:
    """For a move in the grid: nothing is swapped, calendar and panel draw themselves anew."""
    answer = render(request, "components/toasts_oob.html")
    answer["HX-Reswap"] = "none"
    for event in ("calendar-changed", "appointment-moved"):
        trigger_client_event(answer, event)
    return answer


def say_ended(request: ClinicRequest, said: str, ended: Appointment) -> None:
    """That it gave its units back; with Undo for those who may put it back."""
    released = f" {count(ended.held_units)} released." if ended.authorization else ""
    say_done(request, said + released, ended)


def say_done(request: ClinicRequest, said: str, changed: Appointment) -> None:
    """With Undo for those who may put it back as scheduled."""
    restore = request.actor.url("scheduling:restore", pk=changed.pk)
    undo = f"undo:{restore}?version={changed.version}"
    may_undo = request.actor.may("appointment.restore")
    messages.success(request, said, extra_tags=undo if may_undo else "")


def consequences(found: Appointment) -> list[str]:
    """What cancelling will do, in words."""
    told = [released] if (released := _released(found)) else []
    if cancellation.would_be_late(found):
        hours = found.organization.late_cancellation_hours
        told.append(f"Counts as a late cancellation: less than {hours} hours' notice")
    else:
        told.append("In time: not a late cancellation")
    return told


def _released(found: Appointment) -> str:
    if found.authorization is None:
        return ""
    return f"Releases {count(found.held_units)} to {found.authorization.number}"


def _possible(actor: Actor, found: Appointment) -> dict[str, Any]:
    """The controls that role and status allow."""
    if not access.may_change(actor, found):
        return {}

    def may(verb: str, status: Status) -> bool:
        return actor.may(verb) and found.may_become(status)

    is_patient = actor.role == Role.PATIENT
    has_come = checks.has_come(actor, found)
    may_no_show = cancellation.has_begun(found) and may("appointment.mark_no_show", Status.NO_SHOW)
    may_cancel = may("appointment.cancel", Status.CANCELLED) and (
        not is_patient or cancellation.patient_may_cancel(found)
    )
    return {
        "may_confirm": may("appointment.confirm", Status.CONFIRMED),
        "may_move": actor.may(MOVE) and found.is_movable,
        "may_no_show": may_no_show,
        "if_no_show": _released(found) if may_no_show else "",
        "may_complete": has_come and may("appointment.complete", Status.COMPLETED),
        "may_reopen": may("appointment.reopen", Status.IN_PROGRESS)
        and found.status == Status.COMPLETED,
        "may_restore": may("appointment.restore", Status.SCHEDULED),
        "may_cancel": may_cancel,
        "consequences": consequences(found) if may_cancel else [],
        "cancel_form": CancelForm(
            by_patient=is_patient, initial={"cancelled_by": Appointment.CancelledBy.PATIENT}
        ),
    }
