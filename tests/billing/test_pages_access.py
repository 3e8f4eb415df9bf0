"""Which role sees which of billing's pages, with which controls."""

from __future__ import annotations

import re

import pytest

from accounts.models import Event
from accounts.roles import Role
from tests import factories
from tests.billing.addresses import BUTTONS, OF_ONE, READ, WRITE, text_of
from tests.billing.conftest import client_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", [*READ, *WRITE])
def test_administrators_open_everything(desk, at, name):
    assert desk.get(at(name)).status_code == 200


@pytest.mark.parametrize("name", READ)
def test_viewers_see_no_control_that_writes(clinic, at, name):
    client = client_of(factories.actor(clinic, Role.VIEWER))
    response = client.get(at(name))
    assert response.status_code == 200
    page = response.content.decode()
    posts = re.findall(r'<form[^>]*method="post"[^>]*action="([^"]*)"', page)
    assert posts == ["/account/logout/"]
    for write in [*WRITE, *BUTTONS]:
        assert f'href="{at(write)}"' not in page


@pytest.mark.parametrize("name", [*WRITE, *BUTTONS])
@pytest.mark.parametrize("role", [Role.VIEWER, Role.PRACTITIONER])
def test_other_roles_cannot_write(clinic, patient, at, name, role):
    actor = factories.actor(clinic, role)
    if role == Role.PRACTITIONER:
        factories.CareTeamMemberFactory(
            organization=clinic, patient=patient, practitioner_id=actor.practitioner_id
        )
    client = client_of(actor)
    if name in WRITE:
        assert client.get(at(name)).status_code == 403
    assert client.post(at(name)).status_code in (302, 403)
    assert not Event.objects.filter(actor=actor.user).exclude(action="patient.viewed").exists()


def test_practitioners_see_their_care_team_only(clinic, patient, authorization, at):
    actor = factories.actor(clinic, Role.PRACTITIONER)
    client = client_of(actor)
    of_patients = [name for name, of in OF_ONE.items() if of not in ("payer", "service")]
    for name in of_patients:
        assert client.get(at(name)).status_code == 404, name
    assert authorization.number not in text_of(client.get(at("authorizations")))
    factories.CareTeamMemberFactory(
        organization=clinic, patient=patient, practitioner_id=actor.practitioner_id
    )
    assert client.get(at("authorization")).status_code == 200
    assert authorization.number in text_of(client.get(at("authorizations")))


def test_patients_see_their_units_and_no_more(clinic, patient, at, reserve):
    reserve(4)
    other = factories.AuthorizationFactory(organization=clinic)
    actor = factories.actor(clinic, Role.PATIENT)
    patient.user = actor.user
    patient.save(update_fields=["user"])
    client = client_of(actor)
    for name in ("authorizations", "authorization", "patient_insurance"):
        response = client.get(at(name))
        assert response.status_code == 200
        assert "4 reserved" in text_of(response)
        assert "16 available" in text_of(response)
        assert other.number not in text_of(response)
        assert "/entries/" not in response.content.decode()
    assert client.get(actor.url("billing:authorization", pk=other.pk)).status_code == 404
    for name in ("payers", "service_codes", "service_code", "entries", "balance"):
        assert client.get(at(name)).status_code == 403, name
    assert client.get(at("payer_edit")).status_code == 404


def test_guardians_see_their_childrens(clinic, patient, at):
    actor = factories.actor(clinic, Role.PATIENT)
    factories.GuardianFactory(organization=clinic, patient=patient, user=actor.user)
    other = factories.AuthorizationFactory(organization=clinic, units=7)
    factories.GuardianFactory(organization=clinic, patient=other.patient, user=actor.user)
    assert "20 available" in text_of(client_of(actor).get(at("authorization")))
    page = text_of(client_of(actor).get(at("authorizations")))
    for child in (patient, other.patient):
        assert child.called_name in page


@pytest.mark.parametrize("name", OF_ONE)
def test_another_clinics_thing_is_not_there(desk, admin, name):
    other = factories.AuthorizationFactory(units=0)
    theirs = {
        "payer": other.payer_id,
        "service": other.services.get().service_code_id,
        "patient": other.patient_id,
        "policy": other.policy_id,
        "authorization": other.pk,
    }
    address = admin.url(f"billing:{name}", pk=theirs[OF_ONE[name]])
    assert desk.post(address).status_code in ((404, 405) if name in READ else (404,))
    assert desk.get(address).status_code == 404
    assert not Event.objects.exists()


@pytest.mark.parametrize("name", BUTTONS)
def test_buttons_are_not_links(desk, at, name):
    assert desk.get(at(name)).status_code == 405


def test_opening_an_authorization_leaves_a_trace(desk, at, authorization, admin):
    desk.get(at("authorization"))
    event = Event.objects.get(action="patient.viewed")
    assert (event.patient, event.actor) == (authorization.patient, admin.user)


@pytest.mark.parametrize(
    "name",
    ["authorization_history", "entries", "balance", "authorization_edit", "authorization_adjust"],
)
def test_so_do_the_pages_behind_it(desk, at, authorization, name):
    desk.get(at(name))
    event = Event.objects.get(action="patient.viewed")
    assert event.patient == authorization.patient


def test_a_part_of_the_record_is_not_opened_without_a_trace(desk, admin, authorization):
    """A client's claim to be a page that has recorded the view already is not trusted."""
    url = admin.url("billing:patient_insurance", pk=authorization.patient_id)
    assert desk.get(url, headers={"HX-Request": "true"}).status_code == 200
    assert Event.objects.get(action="patient.viewed").patient == authorization.patient
