"""Who or what was set inactive is not booked any more, by whatever way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.errors import Conflict
from accounts.models import Event
from scheduling.appointments import cancellation
from scheduling.appointments import services as appointments
from scheduling.appointments.preview import preview
from scheduling.models import Appointment, Status
from tests import factories
from tests.pages import open_form
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


@pytest.mark.parametrize("what", ["service_code", "location", "room"])
def test_a_move_keeps_what_it_has_but_takes_nothing_closed(wanted, admin, clinic, what) -> None:
    booked = appointments.book(**wanted)
    room = factories.RoomFactory(organization=clinic)
    other = {
        "service_code": {"service_code": factories.ServiceCodeFactory(organization=clinic)},
        "location": {"location": room.location, "room": None},
        "room": {"location": room.location, "room": room},
    }[what]
    for closed in (getattr(booked, what), other[what]):
        closed.is_active = False
        closed.save(update_fields=["is_active"])
    same = {
        "practitioner": booked.practitioner,
        "service_code": booked.service_code,
        "authorization": None,
        "location": booked.location,
        "room": booked.room,
        "starts_at": STARTS + timedelta(hours=1),
        "ends_at": STARTS + timedelta(hours=2),
    }
    assert preview(actor=admin, patient=booked.patient, moving=booked, **same).fits
    appointments.reschedule(actor=admin, appointment=booked, **same)
    with pytest.raises(Conflict) as refusal:
        appointments.reschedule(actor=admin, appointment=booked, **{**same, **other})
    assert (refusal.value.code, refusal.value.field) == (f"{what}_inactive", what)
    seen = preview(actor=admin, patient=booked.patient, moving=booked, **{**same, **other})
    assert [problem.code for problem in seen.problems] == [f"{what}_inactive"]


def test_the_page_of_a_move_offers_what_the_appointment_has(desk, wanted, admin) -> None:
    booked = appointments.book(**wanted)
    for closed in (booked.service_code, booked.room):
        closed.is_active = False
        closed.save(update_fields=["is_active"])
    page = admin.url("scheduling:reschedule", pk=booked.pk)
    form = open_form(desk, page, having="minutes")
    assert form.send(desk, start="15:00").status_code == 302
    booked.refresh_from_db()
    assert f"{admin.organization.local(booked.starts_at):%H:%M}" == "15:00"


def test_a_cancellation_is_not_undone_for_an_inactive_patient(admin, appointment, patient) -> None:
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
