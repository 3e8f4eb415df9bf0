import pytest

from accounts.roles import Role
from accounts.search import queries as search
from tests import factories


@pytest.fixture
def patient(clinic):
    return factories.PatientFactory(
        organization=clinic, legal_first_name="Zoë", legal_last_name="Moreno", mrn="A-17"
    )


@pytest.mark.parametrize("text", ["mor", "zoë mor", "A-17", "2016-05-04", "05/04/2016", "MORENO"])
def test_by_name_number_and_birth(admin, patient, text):
    factories.PatientFactory(
        organization=admin.organization, legal_last_name="Other", date_of_birth="2000-01-01"
    )
    [found] = search.find(admin, text)
    assert found["url"] == admin.url("accounts:patient", pk=patient.pk)
    assert "A-17" in found["detail"]


@pytest.mark.parametrize("text", ["", "  ", "'", "!", "a & b | c", "\\", "x" * 500, ":*"])
def test_any_text_may_be_asked(admin, patient, text):
    assert search.find(admin, text) == []


def test_units_left_come_for_all_results_in_one_query(admin, clinic, django_assert_num_queries):
    factories.AuthorizationFactory(organization=clinic, patient__legal_last_name="Moreno", units=40)
    with django_assert_num_queries(3):
        [found] = search.find(admin, "moreno")
    assert [bar["total"] for bar in found["bars"]] == [40]
    for _ in range(5):
        factories.AuthorizationFactory(organization=clinic, patient__legal_last_name="Moreno")
    with django_assert_num_queries(3):
        assert len(search.find(admin, "moreno")) == 6


def test_a_record_that_is_closed_shows_no_units(practitioner, clinic):
    factories.AuthorizationFactory(organization=clinic, patient__legal_last_name="Moreno", units=40)
    [found] = search.find(practitioner, "moreno")
    assert found["bars"] == []
    assert "not open to you" in found["detail"]


def test_other_clinics_patients_are_not_found(patient, elsewhere):
    assert search.find(factories.actor(elsewhere), "moreno") == []


def test_page_and_fragment(admin, patient, as_user):
    client = as_user(admin)
    address = admin.url("accounts:search") + "?q=moreno"
    assert b"<html" in client.get(address).content
    fragment = client.get(address, headers={"HX-Request": "true"}).content
    assert b'role="option"' in fragment
    assert b"<html" not in fragment
    assert b"No patient matches" in client.get(admin.url("accounts:search") + "?q=zzz").content


def test_patients_cannot_search(clinic, as_user):
    patient = factories.actor(clinic, Role.PATIENT)
    assert as_user(patient).get(patient.url("accounts:search") + "?q=a").status_code == 403
