"""Who supervises finds the sessions whose notes they answer for, and no record beyond that."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts import access as accounts_access
from accounts.models import CareTeamMember, Practitioner
from accounts.roles import Role
from scheduling import access
from scheduling.notes import services as notes
from scheduling.sessions import services as sessions
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor(clinic, practitioner):
    actor = factories.actor(clinic, Role.PRACTITIONER)
    practitioner.supervisor = Practitioner.objects.get(pk=actor.practitioner_id)
    practitioner.save(update_fields=["supervisor"])
    return actor


@pytest.fixture
def session(admin, appointment, time_travel):
    time_travel(appointment.starts_at + timedelta(minutes=1))
    sessions.start(actor=admin, appointment=appointment)
    time_travel(appointment.ends_at)
    return sessions.complete(actor=admin, appointment=appointment)


def test_a_supervisor_finds_and_signs_the_session(supervisor, session) -> None:
    assert access.sessions(supervisor).get() == session
    assert access.appointments(supervisor).get() == session.appointment
    note = notes.draft(actor=supervisor, session=session, plan="Again next week")
    assert notes.sign(actor=supervisor, note=note).is_signed


def test_the_record_stays_closed_to_them(supervisor, session) -> None:
    assert not CareTeamMember.objects.filter(practitioner=supervisor.practitioner_id).exists()
    assert not accounts_access.patients(supervisor).exists()


def test_another_practitioner_finds_nothing(clinic, session) -> None:
    assert not access.sessions(factories.actor(clinic, Role.PRACTITIONER)).exists()
