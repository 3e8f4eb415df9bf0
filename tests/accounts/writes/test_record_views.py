"""Lists of patients' data leave one event for what they showed, with ids and no typed text."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.api_keys import services as api_keys
from accounts.models import Event
from accounts.models.api import SCOPES
from accounts.roles import Role
from accounts.writes import record_views
from tests import factories
from tests.api.client import ApiClient


@pytest.fixture
def ada(clinic):
    return factories.PatientFactory(organization=clinic, legal_first_name="Ada")


@pytest.fixture
def bo(clinic):
    return factories.PatientFactory(organization=clinic, legal_first_name="Bo")


@pytest.fixture
def api(admin):
    key = api_keys.create(actor=admin, name="Lists", role=Role.ADMIN, scopes=list(SCOPES))
    return ApiClient(key.secret)


def recorded_listings() -> list[dict]:
    found = Event.objects.filter(action="patient.listed").order_by("id")
    return [event.details for event in found]


def test_a_list_records_its_patients_and_filters(admin, ada, bo, as_user):
    client = as_user(admin)
    client.get(admin.url("accounts:patients"))
    client.get(admin.url("accounts:patients"), {"search": "ada", "state": ""})
    assert recorded_listings() == [
        {"list": "patients", "patients": [ada.pk, bo.pk], "filters": []},
        {"list": "patients", "patients": [ada.pk], "filters": ["search"]},
    ]
    assert "ada" not in json.dumps(recorded_listings())
    event = Event.objects.filter(action="patient.listed").first()
    assert (event.actor, event.organization, event.patient) == (
        admin.user,
        admin.organization,
        None,
    )


def test_an_empty_list_records_nothing(admin, ada, as_user):
    as_user(admin).get(admin.url("accounts:patients"), {"search": "nobody"})
    as_user(admin).get(admin.url("accounts:practitioners"))
    assert recorded_listings() == []


def test_the_api_records_the_same(api, ada, bo):
    api.get("patients", {"page_size": 1, "ordering": "mrn"})
    api.get("patients", {"search": "Bo"})
    assert recorded_listings() == [
        {"list": "patients", "patients": [ada.pk], "filters": []},
        {"list": "patients", "patients": [bo.pk], "filters": ["search"]},
    ]
    assert Event.objects.filter(action="patient.listed", channel="api").count() == 2


def test_a_list_records_each_patient_once(api, clinic, ada):
    for _ in range(2):
        factories.GuardianFactory(organization=clinic, patient=ada)
    api.get("guardians")
    assert recorded_listings() == [{"list": "guardians", "patients": [ada.pk], "filters": []}]


def test_invitations_and_the_audit_log_are_not_records(api, admin, ada):
    record_views.view(actor=admin, patient=ada)
    factories.InvitationFactory(organization=admin.organization)
    for path in ("events", "invitations", "break-glass-grants", "practitioners"):
        api.get(path)
    assert recorded_listings() == []


def test_search_records_the_patients_found(admin, ada, bo, as_user):
    as_user(admin).get(admin.url("accounts:search"), {"q": "ada"})
    assert recorded_listings() == [{"list": "search", "patients": [ada.pk], "filters": []}]


def test_home_pages_record_the_patients_shown(clinic, admin, as_user):
    low = factories.AuthorizationFactory(organization=clinic, units=0)
    as_user(admin).get(admin.url("clinic:home"))
    parent = factories.actor(clinic, Role.PATIENT)
    factories.GuardianFactory(
        organization=clinic, patient=low.patient, user=parent.user, may_sign_in=True
    )
    as_user(parent).get(parent.url("clinic:home"))
    assert (
        recorded_listings() == [{"list": "home", "patients": [low.patient_id], "filters": []}] * 2
    )


def test_it_costs_one_statement(admin, ada):
    with CaptureQueriesContext(connection) as queries:
        record_views.listed(actor=admin, of="patients", patients=[ada.pk])
    assert len(queries) == 1


def test_an_update_that_changes_nothing_is_a_view(api, ada):
    of_hers = Event.objects.filter(patient=ada).order_by("id")
    api.patch(f"patients/{ada.pk}", {})
    api.patch(f"patients/{ada.pk}", {"preferred_name": "Addie"})
    assert [event.action for event in of_hers] == ["patient.viewed", "patient.updated"]
