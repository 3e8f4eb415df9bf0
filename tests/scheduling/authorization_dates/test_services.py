"""Shortening an authorization: nothing is cancelled that was not shown."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest

from scheduling.appointments import services as appointments
from scheduling.authorization_dates.services import MAX_APPOINTMENTS_LISTED
from scheduling.models import Status
from tests import factories
from tests.pages import form_on, open_form
from tests.scheduling.conftest import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def dates(admin, authorization) -> str:
    return admin.url("scheduling:authorization_dates", pk=authorization.pk)


def test_dates_entered_after_the_list_was_shown_change_nothing(desk, dates, appointment) -> None:
    drawn = open_form(desk, dates, having="expected_digest")
    refused = drawn.send(desk, end_date="2026-06-10", outside="cancel")
    assert refused.status_code == 409
    appointment.refresh_from_db()
    assert appointment.status == Status.SCHEDULED
    page = refused.content.decode()
    assert "are no longer those that you were shown" in page
    assert "1 appointment with 4 reserved units." in page
    again = form_on(refused, having="expected_digest")
    assert again.values["end_date"] == "2026-06-10"
    assert again.send(desk, outside="cancel").status_code == 302
    appointment.refresh_from_db()
    assert appointment.status == Status.CANCELLED


def test_the_sums_are_of_all_of_them(desk, admin, service) -> None:
    authorization = factories.AuthorizationFactory(
        organization=admin.organization, service_codes=[service], units=200
    )
    practitioner = factories.PractitionerFactory(organization=admin.organization)
    for number in range(MAX_APPOINTMENTS_LISTED + 2):
        appointments.book(
            actor=admin,
            patient=authorization.patient,
            practitioner=practitioner,
            service_code=service,
            authorization=authorization,
            starts_at=NOW + timedelta(hours=2 + 12 * number),
            ends_at=NOW + timedelta(hours=3 + 12 * number),
        )
    url = admin.url("scheduling:authorization_dates", pk=authorization.pk)
    page = html.unescape(desk.get(url, {"end_date": "2026-06-09"}).content.decode())
    everything = MAX_APPOINTMENTS_LISTED + 2
    assert f"{everything} appointments with {4 * everything} reserved units." in page
    assert "Cancelled now, 2 of them count as late: less than 24 hours' notice." in page
    assert "and 2 more" in page
