from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.web.form_pages import action
from accounts.web.requests import ClinicRequest
from scheduling.appointments import arrival, cancellation
from scheduling.appointments.views import panel
from scheduling.models import Appointment


def confirm(request: ClinicRequest, pk: int) -> HttpResponse:
    save = partial(arrival.confirm, version=panel.version_in(request.POST))
    return change_with_message(request, pk, "appointment.confirm", save, "Confirmed.")


def check_in(request: ClinicRequest, pk: int) -> HttpResponse:
    return _change(
        request,
        panel.find_changeable(request, pk),
        "appointment.check_in",
        arrival.check_in,
        lambda arrived: panel.add_message_with_undo(request, "Checked in.", arrived),
    )


def no_show(request: ClinicRequest, pk: int) -> HttpResponse:
    return _change(
        request,
        panel.find_changeable(request, pk),
        "appointment.mark_no_show",
        partial(cancellation.mark_no_show, version=panel.version_in(request.POST)),
        lambda marked: panel.add_ended_message(request, "Marked as no-show.", marked),
    )


def restore(request: ClinicRequest, pk: int) -> HttpResponse:
    """Undo a check-in, cancellation or no-show. The version is sent by the page or the toast."""
    seen = panel.version_in(request.POST) or panel.version_in(request.GET)
    save = partial(cancellation.restore, version=seen)
    return change_with_message(request, pk, "appointment.restore", save, "Scheduled again.")


def change_with_message(
    request: ClinicRequest,
    pk: int,
    verb: str,
    save: Callable[..., Any],
    message: str,
) -> HttpResponse:
    """Change an appointment by the service `save`, and return to where the button was."""
    found = panel.find_changeable(request, pk)
    return _change(request, found, verb, save, lambda _: messages.success(request, message))


def _change(
    request: ClinicRequest,
    appointment: Appointment,
    verb: str,
    save: Callable[..., Any],
    add_message: Callable[[Any], None],
) -> HttpResponse:
    back = back_to(request, appointment)

    def done(result: Any) -> str | HttpResponse:
        add_message(result)
        return panel.after_change(request, appointment.pk, go_to=back)

    return action(
        request,
        verb=verb,
        save=lambda actor: save(actor=actor, appointment=appointment),
        success_url=done,
        back=back,
    )


def back_to(request: ClinicRequest, appointment: Appointment) -> str:
    """The page that the button was on, given by `next`; else the appointment's own page."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        return wanted
    return request.actor.url("scheduling:appointment", pk=appointment.pk)
