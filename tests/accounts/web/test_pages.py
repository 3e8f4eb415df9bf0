"""Pages as a whole: query counts, controls by role, empty states."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Event, Organization, Patient, Practitioner
from accounts.roles import Role
from tests import factories
from tests.accounts.patients.test_services import BAD_NAMES

ADA = {
    "legal_first_name": "Ada",
    "legal_last_name": "Moreno",
    "date_of_birth": "2016-05-04",
}


def furnish(clinic):
    """One more of everything that the lists show."""
    patient = factories.PatientFactory(organization=clinic)
    practitioner = factories.PractitionerFactory(organization=clinic, user=factories.UserFactory())
    factories.CareTeamMemberFactory(organization=clinic, patient=patient, practitioner=practitioner)
    factories.GuardianFactory(organization=clinic, patient=patient)
    factories.MembershipFactory(organization=clinic, user=practitioner.user)
    factories.InvitationFactory(organization=clinic)


@pytest.mark.parametrize(
    "name", ["patients", "practitioners", "members", "search", "patient_new", "settings"]
)
def test_a_page_asks_the_same_for_one_row_and_for_many(admin, clinic, as_user, name):
    client, address = as_user(admin), admin.url(f"accounts:{name}") + "?q=&search="
    furnish(clinic)
    client.get(address)  # takes note of the session
    with CaptureQueriesContext(connection) as for_one:
        assert client.get(address).status_code == 200
    for _ in range(4):
        furnish(clinic)
    with CaptureQueriesContext(connection) as for_many:
        assert client.get(address).status_code == 200
    assert len(for_one) == len(for_many) <= 11


def test_a_patients_page_asks_the_same_however_many_stand_around_them(admin, clinic, as_user):
    client, patient = as_user(admin), factories.PatientFactory(organization=clinic)
    address = admin.url("accounts:patient", pk=patient.pk)

    def count():
        factories.GuardianFactory(organization=clinic, patient=patient)
        factories.CareTeamMemberFactory(organization=clinic, patient=patient)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        return len(asked)

    client.get(address)
    assert {count() for _ in range(4)} == {9}


def test_a_viewer_sees_what_the_administrator_sees_without_a_control(
    admin, viewer, clinic, as_user
):
    furnish(clinic)
    patient, practitioner = Patient.objects.get(), Practitioner.objects.get()
    pages = [
        viewer.url("accounts:patients"),
        viewer.url("accounts:patient", pk=patient.pk),
        viewer.url("accounts:practitioners"),
        viewer.url("accounts:practitioner", pk=practitioner.pk),
        viewer.url("accounts:members"),
        viewer.url("accounts:settings"),
        viewer.url("accounts:audit"),
    ]
    for page in pages:
        assert as_user(admin).get(page).status_code == 200
        answer = as_user(viewer).get(page)
        text = answer.content.decode()
        forms = text.count('method="post"')
        assert answer.status_code == 200
        assert forms == 1, page  # signing out
        for way in ("/new/", "/edit/", "/invite/", "/remove/", "/deactivate/", "/role/"):
            assert way not in text, (page, way)


def test_empty_lists_say_what_to_do(admin, practitioner, clinic, as_user):
    assert b"Add the first one" in as_user(admin).get(admin.url("accounts:patients")).content
    theirs = as_user(practitioner).get(practitioner.url("accounts:patients")).content
    assert b"when you are in their care team" in theirs
    factories.PatientFactory(organization=clinic)
    nothing = as_user(admin).get(admin.url("accounts:patients") + "?search=zzz").content
    assert b"Try another spelling" in nothing


def test_practitioners_find_the_whole_clinic_by_name_only(practitioner, clinic, as_user):
    patient = factories.PatientFactory(organization=clinic, phone="555-0100")
    page = as_user(practitioner).get(practitioner.url("accounts:patients") + "?scope=clinic")
    assert patient.mrn.encode() in page.content
    assert b"Care team" not in page.content
    refused = as_user(practitioner).get(practitioner.url("accounts:practitioner_new"))
    assert refused.status_code == 403


@pytest.mark.parametrize("name", BAD_NAMES.values(), ids=BAD_NAMES)
def test_a_bad_name_comes_back_with_a_word_at_its_field(admin, as_user, name):
    answer = as_user(admin).post(
        admin.url("accounts:patient_new"), {**ADA, "legal_last_name": name}
    )
    assert answer.status_code == 422
    assert "legal_last_name" in answer.context["form"].errors
    assert b'value="Ada"' in answer.content
    assert not Patient.objects.exists()


def test_a_refusal_of_the_service_stands_at_its_field(admin, clinic, as_user):
    factories.PatientFactory(organization=clinic, mrn="A1")
    answer = as_user(admin).post(admin.url("accounts:patient_new"), {**ADA, "mrn": "a1"})
    assert answer.status_code == 409
    assert "mrn" in answer.context["form"].errors
    assert b'value="Ada"' in answer.content


def test_a_form_sent_twice_has_one_effect_and_other_entries_are_refused(admin, as_user):
    client, address = as_user(admin), admin.url("accounts:patient_new")
    sent = {**ADA, "idempotency_key": "one-form"}
    first, again = client.post(address, sent), client.post(address, sent)
    assert first["Location"] == again["Location"]
    other = client.post(address, {**sent, "legal_first_name": "Bo"})
    assert other.status_code == 422
    assert b"already sent with other entries" in other.content
    assert Patient.objects.count() == 1
    assert Event.objects.filter(action="patient.created").count() == 1


def test_the_same_key_of_another_user_is_another_key(admin, clinic, as_user):
    sent = {**ADA, "idempotency_key": "one-form"}
    for actor in (admin, factories.actor(clinic)):
        as_user(actor).post(actor.url("accounts:patient_new"), sent)
    assert Patient.objects.count() == 2


def test_another_clinics_ids_in_a_form_are_no_choice(admin, clinic, elsewhere, as_user):
    patient = factories.PatientFactory(organization=clinic)
    theirs = factories.PractitionerFactory(organization=elsewhere)
    client = as_user(admin)
    tries = [
        ("accounts:patient_team_add", {"pk": patient.pk}, {"practitioner": theirs.pk}),
        ("accounts:member_invite", {}, {"practitioner": theirs.pk}),
        ("accounts:practitioner_new", {}, {"supervisor": theirs.pk, "user": 999}),
    ]
    for name, kwargs, data in tries:
        answer = client.post(admin.url(name, **kwargs), data)
        assert answer.status_code == 422
        assert set(data) <= set(answer.context["form"].errors)
    assert not Event.objects.exists()


def test_deactivating_a_member_asks_for_confirmation(admin, clinic, as_user):
    member = factories.MembershipFactory(organization=clinic, role=Role.VIEWER)
    client = as_user(admin)
    address = admin.url("accounts:member_deactivate", pk=member.pk)
    page = client.get(address)
    assert b"<html" in page.content
    fragment = client.get(address, headers={"HX-Request": "true"})
    assert b"<html" not in fragment.content
    for answer in (page, fragment):
        assert b"closes to them" in answer.content
    member.refresh_from_db()
    assert member.is_active
    client.post(address)
    member.refresh_from_db()
    assert not member.is_active


def test_removing_the_last_administrator_is_refused_with_a_reason(admin, clinic, as_user):
    member = clinic.memberships.get()
    address = admin.url("accounts:member_deactivate", pk=member.pk)
    answer = as_user(admin).post(address)
    assert answer.status_code == 409
    assert b"only active administrator" in answer.content


def test_settings_are_saved_and_refused_as_a_form(admin, clinic, as_user):
    client, address = as_user(admin), admin.url("accounts:settings")
    shown = client.get(address).context["form"]
    data = {name: shown[name].value() or "" for name in shown.fields}
    data |= {"opens_at": "09:00", "closes_at": "08:00"}
    refused = client.post(address, data)
    assert refused.status_code == 400
    assert "closes_at" in refused.context["form"].errors
    assert client.post(address, {**data, "closes_at": "17:30"}).status_code == 302
    assert f"{Organization.objects.get().closes_at:%H:%M}" == "17:30"
    assert set(Event.objects.get().details["changes"]) == {"opens_at", "closes_at"}


@pytest.mark.parametrize("method", ["head", "options"])
def test_asking_about_a_page_writes_nothing_it_should_not(admin, clinic, as_user, method):
    client = as_user(admin)
    for name in ("patients", "members", "settings", "audit", "patient_new"):
        assert getattr(client, method)(admin.url(f"accounts:{name}")).status_code == 200
    assert not Event.objects.exists()
