"""The care team of a patient: its members see the record."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import CareTeamMember, Event
from accounts.roles import Role
from tests import factories
from tests.api.client import ApiClient, error
from tests.api.lists import ids, price, turned


@pytest.fixture
def member(clinic):
    return factories.CareTeamMemberFactory(organization=clinic)


def test_list_and_read_show_the_same(api, member) -> None:
    read = api.get(f"care-team/{member.pk}")
    assert api.get("care-team").json()["results"] == [read.json()]
    assert Event.objects.get(action="patient.viewed").patient == member.patient


def test_the_price_of_a_list(api, clinic) -> None:
    assert (
        price(api, "care-team", lambda: factories.CareTeamMemberFactory(organization=clinic)) == 4
    )


def test_search_filters_and_order(api, clinic, member) -> None:
    zadeh = factories.PractitionerFactory(organization=clinic, last_name="Zadeh")
    other = factories.CareTeamMemberFactory(organization=clinic, practitioner=zadeh)
    assert ids(api, "care-team", patient=member.patient_id) == [member.pk]
    assert ids(api, "care-team", practitioner=zadeh.pk) == [other.pk]
    assert ids(api, "care-team", search="zad") == [other.pk]
    today = clinic.today()
    assert ids(api, "care-team", first=f"{today}") == [member.pk, other.pk]
    assert ids(api, "care-team", last=f"{today - timedelta(days=1)}") == []
    assert error(api.get("care-team", {"first": "9999-12-31"}))["attr"] == "first"
    turned(api, "care-team", "since", "practitioner")


def test_care_team_membership_opens_and_closes_the_record(api, new_key, clinic) -> None:
    patient = factories.PatientFactory(organization=clinic)
    practitioner = factories.PractitionerFactory(organization=clinic)
    theirs = ApiClient(new_key(Role.PRACTITIONER, practitioner=practitioner).secret)
    pair = {"patient_id": patient.pk, "practitioner_id": practitioner.pk}
    added = api.post("care-team", pair)
    assert added.status_code == 201, added.content
    assert ids(theirs, "patients") == [patient.pk]
    again = api.post("care-team", pair)
    assert (again.status_code, error(again)["code"]) == (409, "in_care_team")
    assert error(again)["attr"] == "practitioner_id"
    url = f"care-team/{added.json()['id']}"
    assert theirs.delete(url).status_code == 403
    left = api.delete(url)
    assert (left.status_code, left.content) == (204, b"")
    assert api.delete(url).status_code == 404
    assert ids(theirs, "patients") == []


def test_an_inactive_practitioner_is_refused(api, clinic) -> None:
    patient = factories.PatientFactory(organization=clinic)
    gone = factories.PractitionerFactory(organization=clinic, is_active=False)
    refused = api.post("care-team", {"patient_id": patient.pk, "practitioner_id": gone.pk})
    assert (refused.status_code, error(refused)["code"]) == (409, "practitioner_inactive")


def test_another_clinics_is_not_there(api, clinic) -> None:
    stranger = factories.CareTeamMemberFactory()
    assert api.get(f"care-team/{stranger.pk}").status_code == 404
    assert api.delete(f"care-team/{stranger.pk}").status_code == 404
    patient = factories.PatientFactory(organization=clinic)
    pair = {"patient_id": patient.pk, "practitioner_id": stranger.practitioner_id}
    assert error(api.post("care-team", pair))["code"] == "does_not_exist"
    assert CareTeamMember.objects.get() == stranger
