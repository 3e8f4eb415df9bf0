"""What an appointment's history lists, and how far back patients see sessions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from accounts.writes import events
from scheduling.appointments import cancellation
from scheduling.appointments import services as appointments
from scheduling.models import Session
from scheduling.notes import services as notes
from scheduling.sessions import services as sessions
from tests import factories
from tests.scheduling.conftest import NOW

pytestmark = pytest.mark.django_db


def history_texts(desk, admin, appointment) -> list[str]:
    page = desk.get(admin.url("scheduling:appointment_history", pk=appointment.pk))
    return [entry["what"] for entry in reversed(page.context["entries"])]


def test_an_appointments_history_lists_its_units_session_and_note(
    desk, clinic, admin, appointment, practitioner, time_travel
) -> None:
    author = replace(factories.actor(clinic, Role.PRACTITIONER), practitioner_id=practitioner.pk)
    time_travel(appointment.ends_at)
    desk.force_login(admin.user)
    session = sessions.complete(actor=admin, appointment=appointment)
    notes.draft(actor=author, session=session, plan="Again next week")
    found = history_texts(desk, admin, appointment)
    assert {"Appointment booked", "Units reserved", "Units consumed", "Note drafted"} <= {*found}
    assert found.index("Units reserved") < found.index("Units consumed")


def test_history_omits_other_appointments_units_on_the_authorization(
    desk, admin, appointment, patient, practitioner, service, authorization
) -> None:
    other = appointments.book(
        actor=admin,
        patient=patient,
        practitioner=practitioner,
        service_code=service,
        authorization=authorization,
        starts_at=appointment.starts_at + timedelta(days=1),
        ends_at=appointment.ends_at + timedelta(days=1),
    )
    cancellation.cancel(actor=admin, appointment=other, reason="Ill")
    assert history_texts(desk, admin, appointment).count("Units reserved") == 1
    assert "Units released" not in history_texts(desk, admin, appointment)
    assert "Units released" in history_texts(desk, admin, other)


def test_a_move_lists_only_differences_by_name(
    desk, admin, appointment, patient, practitioner, service, authorization
) -> None:
    other = factories.PractitionerFactory(organization=admin.organization)
    appointments.reschedule(
        actor=admin,
        appointment=appointment,
        practitioner=other,
        service_code=service,
        authorization=authorization,
        location=None,
        room=None,
        starts_at=appointment.starts_at + timedelta(hours=1),
        ends_at=appointment.ends_at + timedelta(hours=1),
    )
    page = desk.get(admin.url("scheduling:appointment_history", pk=appointment.pk))
    details = {entry["what"]: entry["detail"] for entry in page.context["entries"]}
    moved = details["Appointment rescheduled"]
    assert f"practitioner: {practitioner} → {other}" in moved
    assert "starts at: " in moved
    assert "units" not in moved
    assert "authorization" not in moved
    booked = details["Appointment booked"]
    assert f"practitioner: {practitioner}" in booked
    assert f"authorization: {authorization}" in booked
    assert "UTC" not in page.content.decode()


def test_rooms_and_authorizations_are_named_in_constant_queries(
    desk, admin, appointment, patient, service
) -> None:
    url = admin.url("scheduling:appointment_history", pk=appointment.pk)

    desk.get(url)  # what is noted of a view once in a while is noted now

    def queries_with(count: int) -> int:
        for _ in range(count):
            room = factories.RoomFactory(organization=admin.organization)
            other = factories.AuthorizationFactory(
                organization=admin.organization,
                patient=patient,
                policy=appointment.authorization.policy,
                service_codes=[service],
            )
            about = {"actor": admin, "obj": appointment, "patient": patient}
            changes = {"before": appointment.authorization_id, "after": other.pk}
            events.record(action="appointment.authorization_changed", **about, **changes)
            moved = {"before": {"room": None}, "after": {"room": room.pk}}
            events.record(action="appointment.rescheduled", **about, **moved)
        with CaptureQueriesContext(connection) as queries:
            page = desk.get(url).content.decode()
        assert f"room: – → {room}" in page
        assert f"authorization: {appointment.authorization} → {other}" in page
        return len(queries)

    assert queries_with(1) == queries_with(6)


def test_an_appointments_name_is_in_the_time_of_where_one_works(appointment) -> None:
    with timezone.override("America/Chicago"):
        assert str(appointment).endswith("2026-06-11 10:00 CDT")
    assert str(appointment).endswith("2026-06-11 15:00 UTC")


def test_patients_reach_every_session_they_were_given(
    clinic, admin, patient, practitioner, service
) -> None:
    for number in range(1, 12):
        begins = NOW - number * timedelta(minutes=30)
        visit = appointments.book(
            actor=admin,
            patient=patient,
            practitioner=practitioner,
            service_code=service,
            starts_at=begins,
            ends_at=begins + timedelta(minutes=30),
        )
        sessions.complete(actor=admin, appointment=visit)
    me, client = factories.actor(clinic, Role.PATIENT), Client()
    type(patient).objects.filter(pk=patient.pk).update(user=me.user)
    client.force_login(me.user)
    shown = []
    for page in (1, 2):
        answer = client.get(me.url("clinic:home"), {"page": page})
        shown += [session.pk for session in answer.context["sessions"]]
    assert len(shown) == len({*shown}) == Session.objects.count() == 11
    assert b"page=1" in answer.content
    assert client.get(me.url("clinic:home"), {"page": "x"}).status_code == 200
