"""Which sessions lack a signed note, as the database keeps it."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection

from accounts.actor import Actor
from accounts.roles import Role
from scheduling.models import Appointment, ProgressNote, Session
from scheduling.notes import services as notes
from scheduling.sessions import services as sessions
from tests import factories


@pytest.fixture
def author(clinic, practitioner) -> Actor:
    """The practitioner of the appointment."""
    actor = factories.actor(clinic, Role.ADMIN)
    practitioner.user = actor.user
    practitioner.save()
    return Actor(
        user=actor.user,
        organization=clinic,
        role=Role.PRACTITIONER,
        channel="web",
        practitioner_id=practitioner.pk,
    )


@pytest.fixture
def session(admin, appointment, time_travel) -> Session:
    time_travel(appointment.ends_at + timedelta(minutes=5))
    return sessions.complete(
        actor=admin,
        appointment=appointment,
        started_at=appointment.starts_at,
        ended_at=appointment.ends_at,
    )


def is_due(session: Session) -> bool:
    return Session.objects.unsigned().filter(pk=session.pk).exists()


def test_from_the_end_of_the_session_to_the_signature(session, author) -> None:
    assert is_due(session)
    note = notes.draft(actor=author, session=session, subjective="Went well.")
    assert is_due(session)
    notes.sign(actor=author, note=note)
    assert not is_due(session)


def test_a_session_that_is_reopened_has_no_end(session, admin) -> None:
    sessions.reopen(actor=admin, appointment=session.appointment, reason="Wrong patient")
    assert not is_due(session)


def test_a_draft_begun_before_the_end(admin, author, appointment, time_travel) -> None:
    time_travel(appointment.starts_at)
    sessions.start(actor=admin, appointment=appointment)
    session = Session.objects.get()
    notes.draft(actor=author, session=session, subjective="Begins.")
    assert not is_due(session)
    time_travel(appointment.ends_at)
    sessions.complete(actor=admin, appointment=appointment)
    assert is_due(session)


def test_it_cannot_be_set_directly(session) -> None:
    Session.objects.filter(pk=session.pk).update(is_note_due=False)
    assert is_due(session)


def test_the_migration_finds_those_from_before(session, author, admin) -> None:
    """As the rows were before there was a trigger."""
    migration = import_module("scheduling.migrations.0004_notes_due_already")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE scheduling_session SET is_note_due = false")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert not is_due(session)
    with connection.cursor() as cursor:
        cursor.execute(migration.DUE_ALREADY)
    assert is_due(session)


def test_an_imports_note_is_elsewhere(admin, author, appointment, time_travel) -> None:
    Appointment.objects.filter(pk=appointment.pk).update(external_id="elsewhere-1")
    time_travel(appointment.ends_at)
    session = sessions.complete(
        actor=admin, appointment=appointment, started_at=appointment.starts_at
    )
    assert not is_due(session)
    ProgressNote.objects.create(organization=admin.organization, session=session)
    assert is_due(session)
