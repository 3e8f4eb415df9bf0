"""Who or what was set inactive is not booked any more, by whatever way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.errors import Conflict
from accounts.models import Event
from scheduling.models import Appointment, Status
from scheduling.services import appointments, cancellation
from tests import factories
from tests.scheduling.conftest import NOW

pytestmark = pytest.mark.django_db
STARTS = NOW + timedelta(days=1, hours=4)


@pytest.fixture
def wanted(admin, clinic, patient, practitioner, service) -> dict[str, object]:
    room = factories.RoomFactory(organization=clinic)
    return {
        "actor": admin,
        "patient": patient,
        "practitioner": practitioner,
        "service_code": service,
        "location": room.location,
        "room": room,
        "starts_at": STARTS,
        "ends_at": STARTS + timedelta(hours=1),
    }


@pytest.mark.parametrize("what", ["patient", "practitioner", "service_code", "location", "room"])
def test_none_of_them_is_booked(wanted, what) -> None:
    type(wanted[what]).objects.filter(pk=wanted[what].pk).update(is_active=False)
    wanted[what].refresh_from_db()
    with pytest.raises(Conflict) as refusal:
        appointments.book(**wanted)
    assert (refusal.value.code, refusal.value.field) == (f"{what}_inactive", what)
    assert not Appointment.objects.exists()


def test_a_move_keeps_its_room_but_takes_no_closed_one(wanted, admin, clinic) -> None:
    booked = appointments.book(**wanted)
    other = factories.RoomFactory(organization=clinic, location=booked.location, is_active=False)
    booked.room.is_active = False
    booked.room.save(update_fields=["is_active"])
    move = {
        "actor": admin,
        "appointment": booked,
        "practitioner": booked.practitioner,
        "service_code": booked.service_code,
        "authorization": None,
        "location": booked.location,
        "starts_at": STARTS + timedelta(hours=1),
        "ends_at": STARTS + timedelta(hours=2),
    }
    appointments.reschedule(**move, room=booked.room)
    with pytest.raises(Conflict, match="no longer active"):
        appointments.reschedule(**move, room=other)


def test_a_cancellation_is_not_undone_for_a_patient_who_left(admin, appointment, patient) -> None:
    cancellation.cancel(actor=admin, appointment=appointment)
    patient.is_active = False
    patient.save(update_fields=["is_active"])
    with pytest.raises(Conflict) as refusal:
        cancellation.restore(actor=admin, appointment=appointment)
    assert refusal.value.code == "patient_inactive"
    appointment.refresh_from_db()
    assert appointment.status == Status.CANCELLED


def test_why_a_move_went_over_another_stays_in_the_history(admin, wanted, appointment) -> None:
    moved = appointments.book(**wanted)
    appointments.reschedule(
        actor=admin,
        appointment=moved,
        practitioner=moved.practitioner,
        service_code=moved.service_code,
        authorization=None,
        location=moved.location,
        room=moved.room,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        override_reason="Both agreed",
    )
    told = Event.objects.get(action="appointment.rescheduled")
    assert told.details["override_reason"] == "Both agreed"
