"""What no page of ours would ask, and what a page asks twice: answered in words, never by a 500."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Event
from accounts.roles import Role
from scheduling.appointments import cancellation
from scheduling.models import Appointment, Session
from tests import factories

pytestmark = pytest.mark.django_db

ENDLESS = "9" * 5000


def entries(appointment: Appointment, **changes: object) -> dict[str, object]:
    """Of the form that changes it, as they stand."""
    start = appointment.organization.local(appointment.starts_at)
    return {
        "service_code": appointment.service_code_id,
        "practitioner": appointment.practitioner_id,
        "day": f"{start:%Y-%m-%d}",
        "start": f"{start:%H:%M}",
        "minutes": appointment.minutes,
        "authorization": appointment.authorization_id,
        "room": "",
        **changes,
    }


@pytest.mark.parametrize("name", ["version", "practitioner"])
def test_a_move_with_numbers_without_end(desk, admin, appointment, name) -> None:
    url = admin.url("scheduling:appointment_move", pk=appointment.pk)
    answer = desk.post(url, {"starts_at": "2026-06-12T15:00", name: ENDLESS})
    assert answer.status_code < 500
    appointment.refresh_from_db()
    assert appointment.version == 1


def test_a_change_with_a_version_without_end(desk, admin, appointment) -> None:
    url = admin.url("scheduling:reschedule", pk=appointment.pk)
    answer = desk.post(url, entries(appointment, minutes=75, version=ENDLESS))
    assert answer.status_code == 409


@pytest.mark.parametrize("asked", ["x", "2026-02-31", "99999-01-01", "\x00", "10.6.2026"])
@pytest.mark.parametrize("name", ["start_date", "end_date"])
def test_dates_of_an_authorization_that_are_none(desk, admin, authorization, name, asked) -> None:
    url = admin.url("scheduling:authorization_dates", pk=authorization.pk)
    assert desk.get(url, {name: asked}).status_code == 200
    assert desk.post(url, {name: asked}).status_code == 422


def test_undo_is_offered_for_what_a_move_can_undo(desk, admin, appointment) -> None:
    url = admin.url("scheduling:reschedule", pk=appointment.pk)
    page = desk.post(url, entries(appointment, start="11:00"), follow=True).content.decode()
    assert "Moved to Thu 11 Jun, 11:00." in page
    assert "Undo" in page
    appointment.refresh_from_db()
    page = desk.post(url, entries(appointment, minutes=30), follow=True).content.decode()
    assert "Changed." in page
    assert "Undo" not in page


def test_a_form_sent_before_with_other_entries_can_be_sent_again(desk, admin, appointment) -> None:
    """As after Back: the page that refuses carries a key of its own."""
    url = admin.url("scheduling:reschedule", pk=appointment.pk)
    first = entries(appointment, minutes=45, idempotency_key="as on the page")
    assert desk.post(url, first).status_code == 302
    answer = desk.post(url, {**first, "minutes": 30})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "already sent with other entries" in page
    assert 'value="as on the page"' not in page
    assert 'value="30"' in page


@pytest.mark.parametrize("name", ["book", "book_preview", "reschedule", "reschedule_preview"])
def test_units_shown_before_saving_are_a_view_of_the_record(admin, appointment, name) -> None:
    looking = factories.actor(admin.organization, Role.ADMIN)
    desk = Client()
    desk.force_login(looking.user)
    if name.startswith("book"):
        url, asked = admin.url(f"scheduling:{name}"), {"patient": appointment.patient_id}
    else:
        url, asked = admin.url(f"scheduling:{name}", pk=appointment.pk), {}
    if name.endswith("preview"):
        answer = desk.post(url, {**entries(appointment), **asked})
    else:
        answer = desk.get(url, asked)
    assert "</b> available" in answer.content.decode()
    views = Event.objects.filter(action="patient.viewed", actor=looking.user)
    assert views.get().patient_id == appointment.patient_id


def test_an_interrupted_session_is_not_in_progress(desk, admin, appointment) -> None:
    Session.objects.create(
        organization=appointment.organization,
        appointment=appointment,
        patient=appointment.patient,
        practitioner=appointment.practitioner,
        started_at=appointment.starts_at,
    )
    url = admin.url("scheduling:sessions")
    assert "In progress" in desk.get(url).content.decode()
    cancellation.cancel(actor=admin, appointment=appointment)
    page = desk.get(url).content.decode()
    assert "Cancelled" in page
    assert "In progress" not in page
