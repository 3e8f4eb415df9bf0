"""What the desk does by mistake: said beforehand, undone as it was shown."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.models import Authorization
from scheduling.appointments import cancellation
from scheduling.models import Appointment, Status
from tests.pages import forms_on

pytestmark = pytest.mark.django_db


def test_cancel_states_its_effect_and_can_be_undone(desk, admin, appointment) -> None:
    url = admin.url("scheduling:cancel", pk=appointment.pk)
    assert "Releases 4 units" in desk.get(url).content.decode()
    page = desk.post(url, {"cancelled_by": "patient"}, follow=True).content.decode()
    assert "4 units released" in page
    appointment.refresh_from_db()
    assert (appointment.status, appointment.cancelled_by) == (Status.CANCELLED, "patient")
    assert Authorization.objects.get().reserved_units == 0
    desk.post(admin.url("scheduling:restore", pk=appointment.pk))
    assert Authorization.objects.get().reserved_units == 4


def test_a_no_show_states_its_effect_and_can_be_undone(
    desk, admin, appointment, time_travel
) -> None:
    time_travel(appointment.starts_at + timedelta(minutes=20))
    desk.force_login(admin.user)
    page = admin.url("scheduling:appointment", pk=appointment.pk)
    assert "Releases 4 units" in desk.get(page).content.decode()
    marked = desk.post(admin.url("scheduling:no_show", pk=appointment.pk), follow=True)
    said = marked.content.decode()
    assert "Marked as no-show. 4 units released." in said
    restore = admin.url("scheduling:restore", pk=appointment.pk)
    assert f'action="{restore}?version=2"' in said
    assert Authorization.objects.get().reserved_units == 0
    desk.post(restore)
    appointment.refresh_from_db()
    assert appointment.status == Status.SCHEDULED
    assert Authorization.objects.get().reserved_units == 4


def test_a_check_in_can_be_undone_at_once_or_later(desk, admin, appointment, time_travel) -> None:
    time_travel(appointment.starts_at)
    desk.force_login(admin.user)
    restore = admin.url("scheduling:restore", pk=appointment.pk)
    page = desk.post(admin.url("scheduling:check_in", pk=appointment.pk), follow=True)
    assert "Undo check-in" in page.content.decode()
    toast, button = (form for form in forms_on(page) if form.action.startswith(restore))
    for undo in (toast, button):
        Appointment.objects.update(status=Status.ARRIVED, version=2)
        back = undo.send(desk)["Location"]
        assert "Scheduled again." in desk.get(back).content.decode()
        appointment.refresh_from_db()
        assert appointment.status == Status.SCHEDULED
    assert Authorization.objects.get().reserved_units == 4


def test_what_was_changed_since_is_not_undone(desk, admin, appointment, time_travel) -> None:
    """A check-in was to be undone, not the cancellation that came after it."""
    time_travel(appointment.starts_at)
    desk.force_login(admin.user)
    page = desk.post(admin.url("scheduling:check_in", pk=appointment.pk), follow=True)
    cancellation.cancel(actor=admin, appointment=appointment)
    restore = admin.url("scheduling:restore", pk=appointment.pk)
    for undo in forms_on(page):
        if undo.action.startswith(restore):
            back = undo.send(desk)["Location"]
            assert "was changed" in desk.get(back).content.decode()
    appointment.refresh_from_db()
    assert appointment.status == Status.CANCELLED


def test_confirming_requires_the_version_that_was_shown(desk, admin, appointment) -> None:
    page = admin.url("scheduling:appointment", pk=appointment.pk)
    confirm = admin.url("scheduling:confirm", pk=appointment.pk)
    shown = next(form for form in forms_on(desk.get(page)) if form.action == confirm)
    Appointment.objects.update(version=2)  # somebody else moved it
    back = shown.send(desk)["Location"]
    assert "was changed" in desk.get(back).content.decode()
    appointment.refresh_from_db()
    assert appointment.status == Status.SCHEDULED
