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
    return _step(request, pk, "appointment.confirm", save, "Confirmed.")


def check_in(request: ClinicRequest, pk: int) -> HttpResponse:
    return _change(
        request,
        panel.find_changeable(request, pk),
        "appointment.check_in",
        arrival.check_in,
        lambda arrived: panel.say_done(request, "Checked in.", arrived),
    )


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
