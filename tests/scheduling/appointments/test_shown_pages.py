"""Pages refuse to act on an appointment that changed since it was shown."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduling.appointments import arrival
from scheduling.appointments import services as appointments
from scheduling.models import Appointment, Status
from scheduling.sessions import services as sessions
from tests.pages import form_on, forms_on, open_form

pytestmark = pytest.mark.django_db


def moved(admin, appointment, *, hours=1) -> Appointment:
    """By somebody else, meanwhile."""
    return appointments.reschedule(
        actor=admin,
        appointment=appointment,
        practitioner=appointment.practitioner,
        service_code=appointment.service_code,
        authorization=appointment.authorization,
        location=None,
        room=None,
        starts_at=appointment.starts_at + timedelta(hours=hours),
        ends_at=appointment.ends_at + timedelta(hours=hours),
    )


@pytest.mark.parametrize("view", ["scheduling:cancel", "scheduling:appointment"])
def test_what_moved_meanwhile_is_not_cancelled_by_what_was_shown(
    desk, admin, appointment, view
) -> None:
    form = open_form(desk, admin.url(view, pk=appointment.pk), having="cancelled_by")
    now = moved(admin, appointment)
    refused = form.send(desk, reason="Holiday")
    assert (refused.status_code, refused.context["refusal"].code) == (409, "stale")
    assert f"{admin.organization.local(now.starts_at):%H:%M}" in refused.content.decode()
    asked_anew = form_on(refused, having="reason")
    assert asked_anew.values["reason"] == "Holiday"
    assert asked_anew.send(desk).status_code == 302
    appointment.refresh_from_db()
    assert appointment.status == Status.CANCELLED


def test_what_moved_meanwhile_is_no_no_show(desk, admin, appointment, time_travel) -> None:
    moved(admin, appointment, hours=-1)
    time_travel(appointment.starts_at + timedelta(minutes=20))
    desk.force_login(admin.user)
    url = admin.url("scheduling:no_show", pk=appointment.pk)
    page = desk.get(admin.url("scheduling:appointment", pk=appointment.pk))
    (form,) = [form for form in forms_on(page) if form.action == url]
    arrival.confirm(actor=admin, appointment=appointment)
    form.send(desk)
    appointment.refresh_from_db()
    assert appointment.status == Status.CONFIRMED


def test_reopening_is_of_what_was_shown(desk, admin, appointment, time_travel) -> None:
    time_travel(appointment.ends_at)
    desk.force_login(admin.user)
    sessions.complete(actor=admin, appointment=appointment)
    url = admin.url("scheduling:reopen", pk=appointment.pk)
    form = open_form(desk, url, having="reason")
    sessions.reopen(actor=admin, appointment=appointment, reason="Wrong times")
    sessions.complete(actor=admin, appointment=appointment)
    assert form.send(desk, reason="Wrong day").status_code == 409
    appointment.refresh_from_db()
    assert appointment.status == Status.COMPLETED


def test_a_change_that_was_refused_does_not_take_back_a_move(desk, admin, appointment) -> None:
    """A typing error, the preview and the refusal itself: none brings the newest version along."""
    url = admin.url("scheduling:reschedule", pk=appointment.pk)
    form = open_form(desk, url, having="minutes")
    now = moved(admin, appointment)
    for typed, status in [("", 422), ("45", 409), ("45", 409)]:
        refused = form.send(desk, minutes=typed)
        assert refused.status_code == status
        form = form_on(refused, having="minutes")
        assert form.values["minutes"] == typed
    as_it_is = admin.url("scheduling:appointment", pk=appointment.pk)
    assert f'<a href="{as_it_is}" target="_blank">' in refused.content.decode()
    checked = desk.post(admin.url("scheduling:reschedule_preview", pk=now.pk), form.values)
    assert form_on(checked, having="minutes").send(desk).status_code == 409
    appointment.refresh_from_db()
    assert appointment.starts_at == now.starts_at
