"""Guardians of a patient: listed, added, changed."""

from __future__ import annotations

import pytest

from accounts.models import Event, Guardian
from accounts.roles import Role
from tests import factories
from tests.api.client import ApiClient, error
from tests.api.lists import ids, price, turned


@pytest.fixture
def guardian(clinic):
    return factories.GuardianFactory(organization=clinic, email="lena@example.org")


def test_list_and_read_show_the_same(api, guardian) -> None:
    read = api.get(f"guardians/{guardian.pk}")
    assert api.get("guardians").json()["results"] == [read.json()]
    assert Event.objects.get(action="patient.viewed").patient == guardian.patient


def test_the_price_of_a_list(api, clinic) -> None:
    assert price(api, "guardians", lambda: factories.GuardianFactory(organization=clinic)) == 4


def test_search_filters_and_order(api, clinic, guardian) -> None:
    other = factories.GuardianFactory(organization=clinic, name="Ana Lima", phone="555-0199")
    assert ids(api, "guardians", patient=guardian.patient_id) == [guardian.pk]
    assert ids(api, "guardians", search="lena@") == [guardian.pk]
    assert ids(api, "guardians", search="lima ana") == [other.pk]
    assert ids(api, "guardians", search="0199") == [other.pk]
    assert error(api.get("guardians", {"patient": "x"}))["attr"] == "patient"
    assert error(api.get("guardians", {"patient_id": 1}))["code"] == "unknown_parameter"
    turned(api, "guardians", "name")


def test_add_and_change(api, clinic) -> None:
    patient = factories.PatientFactory(organization=clinic)
    new = {"patient_id": patient.pk, "name": "Lena Moreno", "relationship": "Mother"}
    added = api.post("guardians", new)
    assert added.status_code == 201, added.content
    assert added.json()["may_sign_in"] is True
    url = f"guardians/{added.json()['id']}"
    assert api.patch(url, {"may_sign_in": False}).json()["may_sign_in"] is False
    assert Guardian.objects.get().name == "Lena Moreno"
    refused = api.patch(url, {"patient_id": patient.pk})
    assert error(refused)["code"] == "unknown_field"
    assert error(api.patch(url, {"may_sign_in": "no"}))["attr"] == "may_sign_in"
    assert error(api.patch(url, {"email": "nowhere"}))["attr"] == "email"


def test_another_clinics_is_not_there(api) -> None:
    stranger = factories.GuardianFactory()
    assert api.get(f"guardians/{stranger.pk}").status_code == 404
    assert api.patch(f"guardians/{stranger.pk}", {"name": "Mine"}).status_code == 404
    new = {"patient_id": stranger.patient_id, "name": "Mine", "relationship": "Mother"}
    refused = api.post("guardians", new)
    assert (refused.status_code, error(refused)["code"]) == (400, "does_not_exist")
    assert error(refused)["attr"] == "patient_id"


def test_roles(new_key, clinic, guardian) -> None:
    practitioner = factories.PractitionerFactory(organization=clinic)
    client = ApiClient(new_key(Role.PRACTITIONER, practitioner=practitioner).secret)
    assert ids(client, "guardians") == []
    factories.CareTeamMemberFactory(
        organization=clinic, patient=guardian.patient, practitioner=practitioner
    )
    assert ids(client, "guardians") == [guardian.pk]
    assert client.patch(f"guardians/{guardian.pk}", {"phone": "1"}).status_code == 403
