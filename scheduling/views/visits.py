"""The visit's buttons: each is a POST that goes back to the page it stood on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.actor import Actor
from accounts.http import ClinicRequest
from accounts.pages import action, form_page
from billing.errors import count
from billing.units import whole_minutes
from scheduling import access
from scheduling.errors import TimeInvalid
from scheduling.forms.visit import CompleteForm, ReasonForm
from scheduling.models import Appointment, Session, Status
from scheduling.services import cancellation, checks, visits
from scheduling.views import panel


def confirm(request: ClinicRequest, pk: int) -> HttpResponse:
    save = partial(visits.confirm, version=panel.version_in(request.POST))
    return _step(request, pk, "appointment.confirm", save, "Confirmed.")


def check_in(request: ClinicRequest, pk: int) -> HttpResponse:
    return _change(
        request,
        panel.find_changeable(request, pk),
        "appointment.check_in",
        visits.check_in,
        lambda arrived: panel.say_done(request, "Checked in.", arrived),
    )


def start(request: ClinicRequest, pk: int) -> HttpResponse:
    return _step(request, pk, "appointment.start", visits.start, "Started.")


def no_show(request: ClinicRequest, pk: int) -> HttpResponse:
    return _change(
        request,
        panel.find_changeable(request, pk),
        "appointment.mark_no_show",
        partial(cancellation.mark_no_show, version=panel.version_in(request.POST)),
        lambda marked: panel.say_ended(request, "Marked as no-show.", marked),
    )


def restore(request: ClinicRequest, pk: int) -> HttpResponse:
    """Undo of a check-in, cancellation or no-show: as it was shown, or as the toast knew it."""
    seen = panel.version_in(request.POST) or panel.version_in(request.GET)
    save = partial(cancellation.restore, version=seen)
    return _step(request, pk, "appointment.restore", save, "Scheduled again.")


def complete(request: ClinicRequest, pk: int) -> HttpResponse:
    """The form with the actual times; sent empty by a button, it takes the times as they are.

    But for a session that has hardly begun: then the button was pressed by mistake, or the times
    are to be mended, and only the form completes it.
    """
    appointment = panel.find_changeable(request, pk)
    session = access.sessions(request.actor).filter(appointment=appointment).first()
    is_running = appointment.status == Status.IN_PROGRESS
    started_at = session.started_at if session else appointment.starts_at
    ended_at = appointment.ends_at
    if is_running:  # for whole minutes, which the form's clock keeps
        ended_at = started_at + timedelta(minutes=whole_minutes(started_at, timezone.now()))
    form = CompleteForm(
        request.POST or None, initial={"started_at": started_at, "ended_at": ended_at}
    )

    def save(actor: Actor, times: dict[str, Any]) -> Session:
        if is_running and not any(times.values()):
            form.fill(started_at=started_at, ended_at=ended_at)
            _confirm_short_session(appointment, started_at, ended_at)
        return visits.complete(actor=actor, appointment=appointment, **times)

    return form_page(
        request,
        verb="appointment.complete",
        form=form,
        template="scheduling/complete.html",
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
    """The service takes it; a button may have been pressed by mistake, and only a page can ask."""
    try:
        checks.units(appointment.service_code, started_at, ended_at)
    except TimeInvalid as short:
        again = ", or complete it once more if they are right" if ended_at > started_at else ""
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
        anew = count(visits.held_if_reopened(appointment.reservation))
        consequences.insert(0, f"Reverses the consumption of {used} and reserves {anew}")
    return form_page(
        request,
        verb="appointment.reopen",
        form=ReasonForm(request.POST or None),
        template="scheduling/reopen.html",
        save=lambda actor, fields: visits.reopen(
            actor=actor,
            appointment=appointment,
            reason=fields["reason"],
            version=panel.version_in(request.POST),
        ),
        success_url=done,
        context={"appointment": appointment, "consequences": consequences, "cancel": page},
        viewed_patient=appointment.patient,
    )


def _step(
    request: ClinicRequest,
    pk: int,
    verb: str,
    save: Callable[..., Any],
    said: str,
) -> HttpResponse:
    found = panel.find_changeable(request, pk)
    return _change(request, found, verb, save, lambda _: messages.success(request, said))


def _change(
    request: ClinicRequest,
    appointment: Appointment,
    verb: str,
    save: Callable[..., Any],
    say: Callable[[Any], None],
) -> HttpResponse:
    back = back_to(request, appointment)

    def done(result: Any) -> str | HttpResponse:
        say(result)
        return panel.after_change(request, appointment.pk, go_to=back)

    return action(
        request,
        verb=verb,
        save=lambda actor: save(actor=actor, appointment=appointment),
        success_url=done,
        back=back,
    )


def back_to(request: ClinicRequest, appointment: Appointment) -> str:
    """The page a button stood on, as `next` says, else the appointment's own."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        return wanted
    return request.actor.url("scheduling:appointment", pk=appointment.pk)
