"""What the database refuses, whatever the services do."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from scheduling.models import Addendum, Appointment, ProgressNote, Session
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(appointment) -> Session:
    return Session.objects.create(
        organization=appointment.organization,
        appointment=appointment,
        patient=appointment.patient,
        practitioner=appointment.practitioner,
        started_at=timezone.now(),
    )


@pytest.fixture
def note(session) -> ProgressNote:
    return ProgressNote.objects.create(organization=session.organization, session=session)


def refused(by: str, write) -> None:
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        write()
    assert refusal.value.__cause__.diag.constraint_name == by


def test_a_session_is_of_its_appointments_patient(appointment, session) -> None:
    other = factories.PatientFactory(organization=appointment.organization)
    rows = Session.objects.filter(pk=session.pk)
    refused("session_of_its_patient", lambda: rows.update(patient=other))


def test_a_room_is_at_the_appointments_location(appointment) -> None:
    room = factories.RoomFactory(organization=appointment.organization)
    elsewhere = factories.LocationFactory(organization=appointment.organization)
    rows = Appointment.objects.filter(pk=appointment.pk)
    rows.update(room=room, location=room.location)
    refused("appointment_room_at_location", lambda: rows.update(location=elsewhere))
    refused("appointment_room_has_location", lambda: rows.update(location=None))


def test_an_appointment_reserves_on_its_authorization(appointment) -> None:
    old = appointment.authorization
    other = factories.AuthorizationFactory(
        organization=old.organization, patient=old.patient, policy=old.policy
    )
    rows = Appointment.objects.filter(pk=appointment.pk)
    by = "appointment_reserves_on_its_authorization"
    refused(by, lambda: rows.update(authorization=other))


def test_an_appointment_is_authorized_for_its_patient(appointment) -> None:
    other = factories.PatientFactory(organization=appointment.organization)
    rows = Appointment.objects.filter(pk=appointment.pk)
    refused("appointment_authorized_for_its_patient", lambda: rows.update(patient=other))


def test_a_draft_takes_no_addendum(note, admin) -> None:
    def amend() -> None:
        Addendum.objects.create(
            organization=note.organization, note=note, author=admin.user, text="Later"
        )

    refused("addendum_to_signed_note", amend)
    rows = ProgressNote.objects.filter(pk=note.pk)
    rows.update(status="signed", signed_at=timezone.now(), signed_by=admin.user)
    amend()
    refused("signed_note_locked", lambda: rows.update(plan="Another"))
    refused("signed_note_locked", lambda: rows.update(status="draft"))


@pytest.mark.parametrize(
    ("table", "by"),
    [
        (Appointment, "appointment_kept"),
        (Session, "session_kept"),
        (ProgressNote, "note_kept"),
    ],
)
def test_nothing_of_the_record_is_deleted(note, table, by) -> None:
    rows = table.objects.all()
    refused(by, lambda: rows._raw_delete(rows.db))
