"""Lists by days are by the clinic's own, and by the index of instants."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from scheduling.appointments import services as appointments
from scheduling.appointments.filters import AppointmentFilter
from scheduling.models import Appointment, Session
from scheduling.sessions.filters import SessionFilter
from tests.scheduling.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def late(admin, patient, practitioner, service) -> Appointment:
    """Half past eleven tonight: tomorrow in UTC."""
    starts_at = NOW + timedelta(hours=14, minutes=30)
    return appointments.book(
        actor=admin,
        patient=patient,
        practitioner=practitioner,
        service_code=service,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
    )


@pytest.mark.parametrize(
    ("asked", "is_found"),
    [
        ({"first": "2026-06-10"}, True),
        ({"last": "2026-06-10"}, True),
        ({"first": "2026-06-11"}, False),
        ({"last": "2026-06-09"}, False),
    ],
)
def test_days_are_the_clinics(admin, late, asked, is_found) -> None:
    request = SimpleNamespace(actor=admin)
    found = AppointmentFilter(asked, queryset=Appointment.objects.all(), request=request).qs
    assert found.exists() == is_found


@pytest.mark.parametrize(
    ("filters", "model"), [(AppointmentFilter, Appointment), (SessionFilter, Session)]
)
def test_instants_are_compared_as_they_are_stored(admin, filters, model) -> None:
    """A cast of each row's instant to a day would pass the index by."""
    asked = {"first": "2026-06-10", "last": "2026-06-11"}
    request = SimpleNamespace(actor=admin)
    found = filters(asked, queryset=model.objects.all(), request=request).qs
    assert "AT TIME ZONE" not in str(found.query)
