"""An appointment as it is now, with its possible actions: in the panel or as a page."""

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
from billing.ledger.errors import count
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
    """An appointment that the actor may change. Raises Http404 for any other."""
    rows = access.changeable_appointments(request.actor).with_people()
    found: Appointment = get_object_or_404(
        rows.select_related("reservation", "organization"), pk=pk
    )
    return found


def version_in(sent: Mapping[str, str]) -> int | None:
    """The version that the page showed, from the data it sent; None if it sent none."""
    version = sent.get("version", "")
    return id_in(version) if version else None


def context_of(
    request: ClinicRequest, found: Appointment, *, glass: BreakGlass | None, page_url: str = ""
) -> dict[str, Any]:
    """The context of `detail.html`. `page_url` is that of the calendar that the panel is open on.

    `glass` is the break-glass access by which the actor sees the record, if any.
    """
    actor = request.actor
    return {
        "appointment": found,
        "back": actor.url("scheduling:week" if actor.may("calendar.view") else "clinic:home"),
        "next": page_url,
        "session": access.sessions(actor).filter(appointment=found).first(),
        "glass": glass,
        **_possible_actions(actor, found),
    }


def _is_open(request: ClinicRequest) -> bool:
    """Whether the answer goes into the panel, so that the calendar next to it stays."""
    return bool(request.htmx) and request.htmx.target == "panel"


def after_change(request: ClinicRequest, pk: int, *, go_to: str) -> str | HttpResponse:
    """Render the panel again with the messages, and have the calendar reload itself.

    Returns `go_to` if there is no panel, or if the page next to it does not reload itself.
    """
    if not _is_open(request) or _is_on_another_page(request):
        return go_to
    found = find(request, pk)
    context = context_of(request, found, glass=open_glass(request.actor, found.patient))
    answer = render(request, "scheduling/appointments/changed.html", context)
    return trigger_client_event(answer, "calendar-changed")


def _is_on_another_page(request: ClinicRequest) -> bool:
    """Whether the panel is open on another page than the calendar, which reloads itself."""
    path = urlsplit(request.htmx.current_url or "").path
    calendar = (request.actor.url("scheduling:week"), request.actor.url("scheduling:day"))
    return bool(path) and path not in calendar


def after_move(request: ClinicRequest) -> HttpResponse:
    """After a move in the calendar: swap nothing, and have calendar and panel reload themselves."""
    answer = render(request, "components/toasts_oob.html")
    answer["HX-Reswap"] = "none"
    for event in ("calendar-changed", "appointment-moved"):
        trigger_client_event(answer, event)
    return answer


def add_ended_message(request: ClinicRequest, text: str, ended: Appointment) -> None:
    """Add a message with the units that were released, and Undo as in `add_message_with_undo`."""
    released = f" {count(ended.reservation_units)} released." if ended.authorization else ""
    add_message_with_undo(request, text + released, ended)


def add_message_with_undo(request: ClinicRequest, text: str, changed: Appointment) -> None:
    """Add a success message, with Undo for those who may restore the appointment."""
    restore = request.actor.url("scheduling:restore", pk=changed.pk)
    undo = f"undo:{restore}?version={changed.version}"
    may_undo = request.actor.may("appointment.restore")
    messages.success(request, text, extra_tags=undo if may_undo else "")


def consequences(found: Appointment) -> list[str]:
    """What cancelling will do, in words."""
    listed = [released] if (released := _release_consequence(found)) else []
    if cancellation.would_be_late(found):
        hours = found.organization.late_cancellation_hours
        listed.append(f"Counts as a late cancellation: less than {hours} hours' notice")
    else:
        listed.append("In time: not a late cancellation")
    return listed


def _release_consequence(found: Appointment) -> str:
    if found.authorization is None:
        return ""
    return f"Releases {count(found.reservation_units)} to {found.authorization.number}"


def _possible_actions(actor: Actor, found: Appointment) -> dict[str, Any]:
    """Which actions the actor's role and the status allow, for the template."""
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
        "no_show_consequence": _release_consequence(found) if may_no_show else "",
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
