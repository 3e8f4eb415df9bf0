"""Broken glass shows a record for an hour. It books nothing, or the hour would never end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from accounts import access as accounts_access
from accounts.break_glass import services as break_glass
from accounts.care_team import services as care_team
from accounts.errors import NotAllowed
from accounts.models import CareTeamMember, Practitioner
from accounts.roles import Role
from accounts.writes import record_views
from scheduling.appointments import services as appointments
from scheduling.models import Appointment
from tests import factories
from tests.scheduling.conftest import NOW

TEN = NOW + timedelta(days=1, hours=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def covering(clinic, patient):
    """A practitioner who has broken the glass to the patient's record."""
    actor = factories.actor(clinic, Role.PRACTITIONER)
    break_glass.open(actor=actor, patient=patient, reason="Covering for a colleague")
    return actor


@pytest.fixture
def own(covering):
    return Practitioner.objects.get(pk=covering.practitioner_id)


def book(actor, patient, practitioner, service) -> Appointment:
    return appointments.book(
        actor=actor,
        patient=patient,
        practitioner=practitioner,
        service_code=service,
        starts_at=TEN,
        ends_at=TEN + HOUR,
    )


def test_it_does_not_book_into_ones_own_calendar(covering, own, patient, service) -> None:
    assert accounts_access.patients(covering).get() == patient
    with pytest.raises(NotAllowed) as refused:
        book(covering, patient, own, service)
    assert refused.value.code == "not_in_care_team"
    assert not CareTeamMember.objects.exists()
    assert record_views.view(actor=covering, patient=patient).break_glass is not None


def test_it_does_not_move_what_was_booked_before(covering, own, admin, patient, service) -> None:
    booked = book(admin, patient, own, service)
    care_team.remove(actor=admin, member=CareTeamMember.objects.get())
    with pytest.raises(NotAllowed) as refused:
        appointments.reschedule(
            actor=covering,
            appointment=booked,
            starts_at=TEN + HOUR,
            ends_at=TEN + 2 * HOUR,
            practitioner=own,
            service_code=service,
            authorization=None,
            location=None,
            room=None,
        )
    assert refused.value.code == "not_in_care_team"
    assert not CareTeamMember.objects.exists()


def test_the_picker_offers_the_care_team_only(covering, own, clinic, patient) -> None:
    treated = factories.PatientFactory(organization=clinic)
    factories.CareTeamMemberFactory(organization=clinic, patient=treated, practitioner=own)
    client = Client()
    client.force_login(covering.user)
    address = covering.url("scheduling:book")
    offered = client.get(address).context["patients"]
    assert list(offered) == [treated]
    assert client.get(address, {"patient": patient.pk}).status_code == 404
