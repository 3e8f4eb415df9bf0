"""What the booking panel says before anything is booked, and the ways to it."""

from __future__ import annotations

import pytest
from django.http import HttpResponse

from accounts.roles import Role
from tests import factories
from tests.pages import open_form
from tests.scheduling.appointments.test_pages import booking_data

pytestmark = pytest.mark.django_db

OUTSIDE = "Outside the clinic&#x27;s hours, 08:00 to 18:00."


@pytest.mark.parametrize(
    ("start", "minutes", "is_said"),
    [
        ("08:00", 60, False),
        ("17:00", 60, False),
        ("07:45", 60, True),
        ("17:15", 60, True),
        ("23:30", 60, True),
    ],
)
def test_times_outside_opening_hours_are_reported(
    desk, admin, patient, practitioner, service, start, minutes, is_said
) -> None:
    data = booking_data(patient, practitioner, service, start=start, minutes=minutes)
    answer = desk.post(admin.url("scheduling:book_preview"), data).content.decode()
    assert (OUTSIDE in answer) == is_said
    assert desk.post(admin.url("scheduling:book"), data).status_code == 302, "a hint, no more"


def test_the_button_states_private_pay(
    desk, admin, patient, practitioner, service, authorization
) -> None:
    preview = admin.url("scheduling:book_preview")
    data = booking_data(patient, practitioner, service)
    assert "as private pay" not in desk.post(preview, data).content.decode()
    for changed in ({"authorization": "private"}, {"day": "2036-06-11"}):
        answer = desk.post(preview, data | changed).content.decode()
        assert '<span id="submit-label">Book as private pay</span>' in answer


def test_a_patients_page_leads_to_booking_for_them(desk, admin, clinic, patient, client) -> None:
    def leads(browser, actor) -> bool:
        page = browser.get(actor.url("scheduling:patient_appointments", pk=patient.pk))
        return f"{actor.url('scheduling:book')}?patient={patient.pk}" in page.content.decode()

    assert leads(desk, admin)
    form = open_form(desk, f"{admin.url('scheduling:book')}?patient={patient.pk}", having="start")
    assert form.values["patient"] == str(patient.pk)
    viewer = factories.actor(clinic, Role.VIEWER)
    client.force_login(viewer.user)
    assert not leads(client, viewer)
    type(patient).objects.filter(pk=patient.pk).update(is_active=False)
    assert not leads(desk, admin)


def test_booking_from_a_patients_page_reloads_it(
    desk, admin, patient, practitioner, service
) -> None:
    def sent_beside(page: str) -> HttpResponse:
        beside = {
            "HX-Request": "true",
            "HX-Target": "panel",
            "HX-Current-URL": f"http://testserver{page}",
        }
        data = booking_data(patient, practitioner, service, start=next(hours))
        return desk.post(admin.url("scheduling:book"), data, headers=beside)

    hours = iter(["09:00", "10:00", "11:00"])
    assert sent_beside(admin.url("accounts:patient", pk=patient.pk))["HX-Refresh"] == "true"
    for calendar in ("week", "day"):
        answer = sent_beside(admin.url(f"scheduling:{calendar}") + "?date=2026-06-11")
        assert "calendar-changed" in answer["HX-Trigger"]
