"""Which appointments may share a room."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduling.appointments import services as appointments
from scheduling.appointments.errors import NotFree
from scheduling.models import Appointment
from tests import factories
from tests.scheduling.conftest import NOW

pytestmark = pytest.mark.django_db
TEN = NOW + timedelta(days=1, hours=1)


@pytest.fixture
def book(admin, clinic):
    """Books an hour tomorrow at ten in one room, for a patient and by a practitioner of its own."""
    room = factories.RoomFactory(organization=clinic)

    def book(**given) -> Appointment:
        wanted = {
            "actor": admin,
            "patient": factories.PatientFactory(organization=clinic),
            "practitioner": factories.PractitionerFactory(organization=clinic),
            "starts_at": TEN,
            "ends_at": TEN + timedelta(hours=1),
            "room": room,
        }
        return appointments.book(**{**wanted, **given})

    return book


def test_a_group_is_of_one_practitioner(book, clinic) -> None:
    group = factories.ServiceCodeFactory(organization=clinic, allows_group=True)
    first = book(service_code=group)
    book(service_code=group, practitioner=first.practitioner)
    with pytest.raises(NotFree) as refused:
        book(service_code=group)
    assert refused.value.code == "room_not_free"


def test_an_overriding_appointment_conflicts_with_later_ones(book, service) -> None:
    first = book(service_code=service)
    book(service_code=service, override_reason="Only one room is open")
    Appointment.objects.filter(pk=first.pk).update(status="no_show")
    with pytest.raises(NotFree) as refused:
        book(service_code=service)
    assert refused.value.code == "room_not_free"
