"""The calendar's pages over HTTP, as the administrator at the desk sends them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts.roles import Role
from billing.models import Authorization
from scheduling.appointments import arrival, cancellation
from scheduling.appointments import services as appointments
from scheduling.models import Appointment, Status
from scheduling.sessions import services as sessions
from tests import factories
from tests.pages import forms_on, open_form
from tests.scheduling.conftest import NOW

pytestmark = pytest.mark.django_db


def booking_data(patient, practitioner, service, **changes) -> dict[str, object]:
    return {
        "patient": patient.pk,
        "practitioner": practitioner.pk,
        "service_code": service.pk,
        "day": "2026-06-11",
        "start": "14:00",
        "minutes": 60,
        "authorization": "",
        "room": "",
        **changes,
    }


@pytest.mark.parametrize("name", ["week", "day", "appointments", "sessions", "locations", "book"])
def test_pages_are_there(desk: Client, admin, appointment, name) -> None:
    assert desk.get(admin.url(f"scheduling:{name}")).status_code == 200


def test_a_practitioners_week_shows_appointments_and_free_slots(desk, admin, appointment) -> None:
    whose = {"practitioner": appointment.practitioner_id}
    page = desk.get(admin.url("scheduling:week"), whose).content.decode()
    assert appointment.patient.called_name in page
    assert "10:00–11:00" in page
    assert "start=2026-06-11T09:00" in page


def test_week_of_everybody_has_a_row_for_each_and_the_next_free_time(
    desk, admin, appointment
) -> None:
    page = desk.get(admin.url("scheduling:week")).content.decode()
    assert appointment.practitioner.name in page
    assert appointment.patient.called_name in page
    assert "start=2026-06-11T08:00" in page
    assert "start=2026-06-11T09:00" not in page
    earlier_today = admin.organization.local(NOW).replace(hour=8, minute=0)
    assert f"start={earlier_today:%Y-%m-%dT%H:%M}" not in page


def test_moving_begins_in_the_practitioners_week(desk, admin, appointment) -> None:
    page = desk.get(admin.url("scheduling:week"), {"move": appointment.pk}).content.decode()
    assert admin.url("scheduling:appointment_move", pk=appointment.pk) in page
    assert 'value="2026-06-11T09:00"' in page
    assert "data-roster" not in page


def test_moving_in_everybodys_week_offers_the_times_that_fit(
    desk, admin, appointment, service
) -> None:
    noon = NOW.replace(hour=12) + timedelta(days=1)
    appointments.book(
        actor=admin,
        patient=factories.PatientFactory(organization=admin.organization),
        practitioner=appointment.practitioner,
        service_code=service,
        starts_at=noon,
        ends_at=noon + timedelta(hours=1),
        authorization=None,
    )
    asked = {"practitioner": "all", "move": appointment.pk}
    page = desk.get(admin.url("scheduling:week"), asked).content.decode()
    assert "data-roster" in page
    assert f'action="{admin.url("scheduling:appointment_move", pk=appointment.pk)}"' in page
    offered = set(re.findall(r'value="(2026-06-1[01]T\d\d:\d\d)"', page))
    # Its own time is free to it; half an hour before noon is too short; this morning is over.
    assert {"2026-06-11T10:30", "2026-06-11T11:00", "2026-06-11T13:00"} <= offered
    assert offered.isdisjoint({"2026-06-11T11:30", "2026-06-11T12:30", "2026-06-10T08:30"})


def test_booking_panel_shows_units_before_saving(
    desk, admin, patient, practitioner, service, authorization
) -> None:
    url = admin.url("scheduling:book")
    page = desk.get(f"{url}?patient={patient.pk}&practitioner={practitioner.pk}")
    assert "4 units" in page.content.decode()
    assert "16</b> available" in page.content.decode()
    assert not Appointment.objects.exists()


def test_booking_reserves(desk, admin, patient, practitioner, service, authorization) -> None:
    data = booking_data(patient, practitioner, service)
    answer = desk.post(admin.url("scheduling:book"), data, follow=True)
    assert "Booked: 4 units reserved, 16 left" in answer.content.decode()
    booked = Appointment.objects.get()
    assert booked.authorization == authorization
    assert booked.starts_at.isoformat() == "2026-06-11T19:00:00+00:00"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"day": "2026-06-09"}, "That date has passed"),
        ({"minutes": 0}, "greater than or equal to 1"),
        ({"minutes": 25 * 60}, "24 hours at most"),
        ({"minutes": 60 * 6}, "24 units needed, 20 left"),
        ({"minutes": 5}, "too short for a unit"),
        ({"day": "2027-03-14", "start": "02:30"}, "does not exist"),
        ({"day": "2026-11-01", "start": "01:30"}, "comes twice"),
        ({"service_code": 10**9}, "not one of the available choices"),
        ({"authorization": "999999"}, "not one of the available choices"),
        ({"day": "x"}, "Enter a valid date"),
    ],
)
def test_bad_booking_is_refused_and_keeps_what_was_typed(
    desk, admin, patient, practitioner, service, authorization, changes, said
) -> None:
    data = booking_data(patient, practitioner, service, **changes)
    answer = desk.post(admin.url("scheduling:book"), data)
    assert 400 <= answer.status_code < 500
    page = answer.content.decode()
    assert said in page
    assert f'value="{data["start"]}"' in page
    assert not Appointment.objects.exists()
    authorization.refresh_from_db()
    assert authorization.reserved_units == 0


def test_conflict_names_what_is_in_the_way(desk, admin, appointment, service) -> None:
    data = booking_data(
        appointment.patient, appointment.practitioner, service, day="2026-06-11", start="10:30"
    )
    answer = desk.post(admin.url("scheduling:book"), data)
    assert answer.status_code == 409
    assert f"already has {appointment.patient.called_name}" in answer.content.decode()
    data["override_reason"] = "Both agreed"
    desk.post(admin.url("scheduling:book"), data)
    assert Appointment.objects.filter(override_reason="Both agreed").count() == 1


def test_sending_twice_books_once(desk, admin, patient, practitioner, service) -> None:
    data = booking_data(patient, practitioner, service, idempotency_key="once-1")
    for _ in range(2):
        assert desk.post(admin.url("scheduling:book"), data).status_code == 302
    assert Appointment.objects.count() == 1


def steps_on(admin, appointment) -> set[str]:
    """What its page offers."""
    desk = Client()
    desk.force_login(admin.user)
    page = desk.get(admin.url("scheduling:appointment", pk=appointment.pk))
    return {form.action.rstrip("/").rpartition("/")[2] for form in forms_on(page)}


def test_no_show_is_offered_once_the_time_has_begun(admin, appointment, time_travel) -> None:
    for minutes, offered in [(-1, False), (0, True)]:
        time_travel(appointment.starts_at + timedelta(minutes=minutes))
        assert ("no-show" in steps_on(admin, appointment)) == offered


def test_start_is_offered_on_the_day_and_in_time_only(admin, appointment, time_travel) -> None:
    time_travel(appointment.starts_at)
    arrival.check_in(actor=admin, appointment=appointment)
    for hours, offered in [(0, True), (10, True), (24, False)]:
        time_travel(appointment.starts_at + timedelta(hours=hours))
        assert ("start" in steps_on(admin, appointment)) == offered


def test_units_lead_to_the_entries_behind_them(desk, admin, appointment, time_travel) -> None:
    entries = admin.url("billing:entries", pk=appointment.authorization_id)
    link = f"{entries}?source=appointment:{appointment.pk}"
    time_travel(appointment.ends_at)
    desk.force_login(admin.user)
    session = sessions.complete(actor=admin, appointment=appointment)
    for page in (
        admin.url("scheduling:appointments"),
        admin.url("scheduling:sessions"),
        admin.url("scheduling:appointment", pk=appointment.pk),
        admin.url("scheduling:session", pk=session.pk),
    ):
        assert f'<a href="{link}">4' in desk.get(page).content.decode(), page
    behind = desk.get(link)
    kinds = [row.record.kind for row in behind.context["table"].rows]
    assert kinds == ["consume", "reserve"]
    assert "97153, 11 Jun 2026" in behind.content.decode()


def test_move_and_back(desk, admin, appointment) -> None:
    url = admin.url("scheduling:appointment_move", pk=appointment.pk)
    desk.post(url, {"starts_at": "2026-06-12T15:00", "version": 1})
    appointment.refresh_from_db()
    assert appointment.starts_at.isoformat() == "2026-06-12T20:00:00+00:00"
    answer = desk.post(url, {"starts_at": "2026-06-12T16:00", "version": 1}, follow=True)
    assert "changed by somebody else" in answer.content.decode()


def test_change_the_service_keeps_the_units(desk, admin, appointment, service) -> None:
    url = admin.url("scheduling:reschedule", pk=appointment.pk)
    assert desk.get(url).status_code == 200
    data = booking_data(
        appointment.patient,
        appointment.practitioner,
        service,
        minutes=120,
        authorization=appointment.authorization_id,
    )
    preview = desk.post(admin.url("scheduling:reschedule_preview", pk=appointment.pk), data)
    assert "12</b> available" in preview.content.decode()
    assert desk.post(url, data).status_code == 302
    assert Authorization.objects.get().reserved_units == 8


def test_reopen_asks_for_a_reason(desk, admin, patient, practitioner, service, authorization):
    booked = appointments.book(
        actor=admin,
        patient=patient,
        practitioner=practitioner,
        service_code=service,
        starts_at=NOW - timedelta(hours=1),
        ends_at=NOW,
        authorization=authorization,
    )
    sessions.complete(actor=admin, appointment=booked)
    url = admin.url("scheduling:reopen", pk=booked.pk)
    assert "Reverses the consumption of 4 units" in desk.get(url).content.decode()
    assert desk.post(url, {"reason": ""}).status_code == 422
    assert desk.post(url, {"reason": "Wrong day"}).status_code == 302
    assert Authorization.objects.get().used_units == 0


@pytest.mark.parametrize("outside", ["cancel", "draw on another"])
def test_shortening_an_authorization_asks_about_the_appointments_outside(
    desk, admin, clinic, appointment, service, outside
) -> None:
    old = appointment.authorization
    other = factories.AuthorizationFactory(
        organization=clinic, patient=appointment.patient, policy=old.policy, service_codes=[service]
    )
    url = admin.url("scheduling:authorization_dates", pk=old.pk)
    form = open_form(
        desk, f"{url}?start_date=2026-06-01&end_date=2026-06-10", having="expected_digest"
    )
    choice = outside if outside == "cancel" else str(other.pk)
    assert form.send(desk, outside=choice).status_code == 302
    old.refresh_from_db()
    other.refresh_from_db()
    appointment.refresh_from_db()
    assert (str(old.end_date), old.reserved_units) == ("2026-06-10", 0)
    assert other.reserved_units == (0 if outside == "cancel" else 4)
    assert appointment.status == (Status.CANCELLED if outside == "cancel" else Status.SCHEDULED)


def test_parts_of_other_pages(desk, admin, appointment) -> None:
    for name, pk in [
        ("scheduling:patient_appointments", appointment.patient_id),
        ("scheduling:authorization_appointments", appointment.authorization_id),
    ]:
        assert "10:00–11:00" in desk.get(admin.url(name, pk=pk)).content.decode()


def test_a_patients_next_appointments_come_first(desk, admin, appointment, time_travel) -> None:
    time_travel(appointment.starts_at - timedelta(days=30))
    for days in (3, 1, 2):
        book_again(admin, appointment, appointment.starts_at - timedelta(days=days))
    time_travel(appointment.starts_at - timedelta(days=1, hours=12))
    page = desk.get(admin.url("scheduling:patient_appointments", pk=appointment.patient_id))
    shown = [one.starts_at for one in page.context["appointments"]]
    day = timedelta(days=1)
    last = appointment.starts_at
    assert shown == [last - day, last, last - 2 * day, last - 3 * day]
    assert f"?patient={appointment.patient_id}" in page.content.decode()


def book_again(admin, appointment, starts_at) -> None:
    appointments.book(
        actor=admin,
        patient=appointment.patient,
        practitioner=appointment.practitioner,
        service_code=appointment.service_code,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
    )


def test_why_it_was_cancelled_is_between_staff(desk, clinic, admin, appointment) -> None:
    user = factories.UserFactory()
    type(appointment.patient).objects.filter(pk=appointment.patient_id).update(user=user)
    family = factories.actor(clinic, Role.PATIENT, user=user)
    Appointment.objects.filter(pk=appointment.pk).update(override_reason="Brother is out")
    cancellation.cancel(actor=admin, appointment=appointment, reason="Therapist on leave")
    page = admin.url("scheduling:appointment", pk=appointment.pk)
    client = Client()
    client.force_login(family.user)
    for browser, told in [(desk, True), (client, False)]:
        answer = browser.get(page)
        assert answer.status_code == 200
        for reason in ("Brother is out", "Therapist on leave"):
            assert (reason in answer.content.decode()) is told
