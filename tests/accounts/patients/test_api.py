"""Patients: found, read, added and changed as far as the role reaches."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts.models import Event, Patient
from accounts.roles import Role
from tests import factories
from tests.api.client import ApiClient, error
from tests.api.lists import ids, price, turned

NEW = {"legal_first_name": "Ada", "legal_last_name": "Moreno", "date_of_birth": "2016-05-04"}


@pytest.fixture
def patient(clinic):
    return factories.PatientFactory(
        organization=clinic, legal_first_name="Bo", legal_last_name="Abara", phone="312-555-0142"
    )


def test_list_and_read_show_the_same(api, patient) -> None:
    read = api.get(f"patients/{patient.pk}")
    assert read.status_code == 200
    assert api.get("patients").json()["results"] == [read.json()]
    assert read.json()["mrn"] == patient.mrn
    assert Event.objects.get(action="patient.viewed").patient == patient


def test_the_price_of_a_list(api, clinic) -> None:
    assert price(api, "patients", lambda: factories.PatientFactory(organization=clinic)) == 4


def test_search_filters_and_order(api, clinic, patient) -> None:
    other = factories.PatientFactory(
        organization=clinic, date_of_birth=date(2011, 2, 3), is_active=False
    )
    member = factories.CareTeamMemberFactory(organization=clinic, patient=patient)
    assert ids(api, "patients") == ids(api, "patients", state="active") == [patient.pk]
    assert ids(api, "patients", state="inactive") == [other.pk]
    assert ids(api, "patients", state="all") == [patient.pk, other.pk]
    assert ids(api, "patients", state="all", search="2011-02-03") == [other.pk]
    assert ids(api, "patients", search="aba bo") == [patient.pk]
    assert ids(api, "patients", search="nobody") == []
    assert ids(api, "patients", practitioner=member.practitioner_id) == [patient.pk]
    assert error(api.get("patients", {"practitioner": 999}))["attr"] == "practitioner"
    today = clinic.today()
    assert ids(api, "patients", first=f"{today}", last=f"{today}") == [patient.pk]
    assert ids(api, "patients", first=f"{today + timedelta(days=1)}") == []
    Patient.objects.update(is_active=True)
    turned(api, "patients", "name", "mrn", "date_of_birth", "created_at")


def test_rows_added_meanwhile_shift_no_cursor_page(api, clinic) -> None:
    first, second, third = (factories.PatientFactory(organization=clinic).pk for _ in range(3))
    page = api.get("patients", {"cursor": "", "page_size": 2}).json()
    assert [one["id"] for one in page["results"]] == [first, second]
    fourth = factories.PatientFactory(organization=clinic, legal_last_name="Aa").pk
    rest = api.get(page["next"].removeprefix("http://testserver")).json()
    assert [one["id"] for one in rest["results"]] == [third, fourth]


def test_create(api, clinic) -> None:
    answer = api.post("patients", NEW)
    assert answer.status_code == 201, answer.content
    patient = Patient.objects.get(pk=answer.json()["id"])
    assert (patient.organization, patient.mrn) == (clinic, "000001")
    assert answer["Location"].endswith(f"/api/v1/patients/{patient.pk}")


@pytest.mark.parametrize(
    ("sent", "status", "code", "attr"),
    [
        ({"mrn": "TAKEN"}, 409, "mrn_taken", "mrn"),
        ({"date_of_birth": "2999-01-01"}, 400, "invalid", "date_of_birth"),
        ({"date_of_birth": "yesterday"}, 400, "invalid", "date_of_birth"),
        ({"legal_first_name": ""}, 400, "blank", "legal_first_name"),
        ({"legal_first_name": 7}, 400, "invalid", "legal_first_name"),
        ({"email": "at home"}, 400, "invalid", "email"),
        ({"organization_id": 1}, 400, "unknown_field", "organization_id"),
        ({"user_id": 1}, 400, "unknown_field", "user_id"),
    ],
)
def test_what_is_refused(api, clinic, sent, status, code, attr) -> None:
    factories.PatientFactory(organization=clinic, mrn="taken")
    refused = api.post("patients", {**NEW, **sent})
    assert (refused.status_code, error(refused)["code"]) == (status, code)
    assert error(refused)["attr"] == attr
    assert Patient.objects.count() == 1


def test_an_update_leaves_the_rest(api, patient) -> None:
    answer = api.patch(f"patients/{patient.pk}", {"preferred_name": "Bobo", "is_active": False})
    assert answer.status_code == 200, answer.content
    assert (answer.json()["phone"], answer.json()["is_active"]) == ("312-555-0142", False)
    changes = Event.objects.get(action="patient.updated").details["changes"]
    assert set(changes) == {"preferred_name", "is_active"}


def test_another_clinics_is_not_there(api) -> None:
    stranger = factories.PatientFactory()
    for answer in (
        api.get(f"patients/{stranger.pk}"),
        api.patch(f"patients/{stranger.pk}", {"phone": "1"}),
        api.get("patients/99999999999999999999"),
    ):
        assert answer.status_code == 404
    assert ids(api, "patients", state="all") == []


def test_a_practitioners_key_reaches_the_care_team(new_key, clinic, patient) -> None:
    practitioner = factories.PractitionerFactory(organization=clinic)
    closed = factories.PatientFactory(organization=clinic)
    factories.CareTeamMemberFactory(organization=clinic, patient=patient, practitioner=practitioner)
    client = ApiClient(new_key(Role.PRACTITIONER, practitioner=practitioner).secret)
    assert ids(client, "patients") == ids(client, "patients", practitioner=practitioner.pk)
    assert ids(client, "patients") == [patient.pk]
    assert client.get(f"patients/{closed.pk}").status_code == 404
    refused = client.patch(f"patients/{patient.pk}", {"phone": "1"})
    assert (refused.status_code, error(refused)["code"]) == (403, "role_not_allowed")
    assert client.get("patients", {"scope": "clinic"}).status_code == 400


def test_patients_and_guardians_find_themselves(clinic, patient, new_app) -> None:
    factories.PatientFactory(organization=clinic)
    guardian = factories.actor(clinic, Role.PATIENT)
    factories.GuardianFactory(organization=clinic, patient=patient, user=guardian.user)
    app = new_app(guardian.user)
    assert ids(app, "patients") == [patient.pk]
    assert app.post("patients", NEW).status_code == 403
