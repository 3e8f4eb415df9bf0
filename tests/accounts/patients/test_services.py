from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts import access
from accounts.care_team import services as care_team
from accounts.errors import Conflict, Invalid, NotAllowed, NotFound
from accounts.guardians import services as guardians
from accounts.models import CareTeamMember, Event, Guardian, Patient
from accounts.patients import services as patients
from accounts.roles import Role
from tests import factories

ADA = {
    "legal_first_name": "Ada",
    "legal_last_name": "Moreno",
    "date_of_birth": date(2016, 5, 4),
}
BAD_NAMES = {
    "control character": "Ada\x00",
    "line feed's cousin": "A\x0bda",
    "bidi override": "Ada\u202eoneroM",
    "isolate": "\u2066Ada",
    "ten thousand characters": "A" * 10_000,
    "nothing": "",
    "blanks": "   ",
}


def test_a_patient_gets_the_next_number_and_an_event(admin):
    first = patients.create(actor=admin, **ADA)
    second = patients.create(actor=admin, **ADA)
    assert (first.mrn, second.mrn) == ("000001", "000002")
    event = Event.objects.get(action="patient.created", object_id=second.pk)
    assert event.patient == second
    assert (event.actor, event.organization) == (admin.user, admin.organization)
    assert event.details == {"mrn": "000002"}


def test_the_next_number_passes_over_one_given_by_hand(admin):
    patients.create(actor=admin, mrn="000001", **ADA)
    assert patients.create(actor=admin, **ADA).mrn == "000002"


def test_two_clinics_count_for_themselves(admin, elsewhere):
    patients.create(actor=admin, **ADA)
    assert patients.create(actor=factories.actor(elsewhere), **ADA).mrn == "000001"


@pytest.mark.parametrize("name", BAD_NAMES.values(), ids=BAD_NAMES)
def test_a_bad_name_is_refused_and_nothing_written(admin, name):
    with pytest.raises(Invalid) as refused:
        patients.create(actor=admin, **{**ADA, "legal_first_name": name})
    assert refused.value.field == "legal_first_name"
    assert not Patient.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize("name", ["يوسف", "שרה", "Zoë", "O’Brien-Ñáñez", "李"])
def test_names_of_every_script_are_welcome(admin, name):
    created = patients.create(actor=admin, **{**ADA, "legal_first_name": name})
    assert access.patients(admin).search(name).get() == created


def test_a_birth_in_the_future_or_too_long_ago_is_refused(admin):
    tomorrow = admin.organization.today() + timedelta(days=1)
    for born in (tomorrow, date(1800, 1, 1)):
        with pytest.raises(Invalid) as refused:
            patients.create(actor=admin, **{**ADA, "date_of_birth": born})
        assert refused.value.field == "date_of_birth"


def test_an_mrn_belongs_to_one_patient_whatever_its_case(admin):
    patients.create(actor=admin, mrn="ab-1", **ADA)
    with pytest.raises(Conflict) as refused:
        patients.create(actor=admin, mrn="AB-1", **ADA)
    assert refused.value.code == "mrn_taken"


def test_an_update_records_what_changed_and_only_that(admin):
    patient = patients.create(actor=admin, **ADA)
    patients.update(actor=admin, patient=patient, phone=" 555-0100 ", **ADA)
    event = Event.objects.get(action="patient.updated")
    assert event.details == {"changes": {"phone": ["", "555-0100"]}}
    patients.update(actor=admin, patient=patient, phone="555-0100", **ADA)
    assert Event.objects.filter(action="patient.updated").count() == 1


def test_a_refused_update_leaves_the_row_given_as_it_was(admin):
    patient = patients.create(actor=admin, **ADA)
    with pytest.raises(Invalid):
        patients.update(actor=admin, patient=patient, legal_last_name="")
    assert patient.legal_last_name == "Moreno"
    patient.refresh_from_db()
    assert patient.legal_last_name == "Moreno"


@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.VIEWER, Role.PATIENT, Role.SUPERADMIN])
def test_only_administrators_write_patients(clinic, role):
    actor = factories.actor(clinic, role)
    with pytest.raises(NotAllowed):
        patients.create(actor=actor, **ADA)
    assert not Patient.objects.exists()


def test_another_clinics_rows_are_not_found(admin, elsewhere):
    theirs = factories.PatientFactory(organization=elsewhere)
    guardian = factories.GuardianFactory(organization=elsewhere)
    colleague = factories.PractitionerFactory(organization=elsewhere)
    member = factories.CareTeamMemberFactory(organization=elsewhere)
    own = factories.PatientFactory(organization=admin.organization)
    deeds = [
        lambda: patients.update(actor=admin, patient=theirs, phone="1"),
        lambda: guardians.add(actor=admin, patient=theirs, name="X", relationship="Y"),
        lambda: guardians.update(actor=admin, guardian=guardian, name="X"),
        lambda: care_team.add(actor=admin, patient=theirs, practitioner=colleague),
        lambda: care_team.add(actor=admin, patient=own, practitioner=colleague),
        lambda: care_team.ensure(actor=admin, patient=own, practitioner=colleague),
        lambda: care_team.remove(actor=admin, member=member),
    ]
    for deed in deeds:
        with pytest.raises(NotFound):
            deed()
    assert not Event.objects.exists()
    assert CareTeamMember.objects.get() == member


def test_the_database_refuses_another_clinics_rows_by_itself(clinic, elsewhere):
    with pytest.raises(IntegrityError, match="guardian_patient_same_org"), transaction.atomic():
        Guardian.objects.create(
            organization=clinic,
            patient=factories.PatientFactory(organization=elsewhere),
            name="X",
            relationship="Y",
        )


def test_the_care_team_opens_and_closes_the_record(admin, practitioner):
    patient = factories.PatientFactory(organization=admin.organization)
    own = factories.Practitioner.objects.get(pk=practitioner.practitioner_id)
    assert not access.patients(practitioner).exists()
    member = care_team.add(actor=admin, patient=patient, practitioner=own)
    assert access.patients(practitioner).get() == patient
    with pytest.raises(Conflict) as refused:
        care_team.add(actor=admin, patient=patient, practitioner=own)
    assert refused.value.code == "in_care_team"
    care_team.remove(actor=admin, member=member)
    assert not access.patients(practitioner).exists()
    with pytest.raises(NotFound):
        care_team.remove(actor=admin, member=member)
    actions = Event.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["care_team.added", "care_team.removed"]


def test_booking_somebody_twice_puts_them_into_the_team_once(admin):
    own = factories.PractitionerFactory(organization=admin.organization)
    patient = factories.PatientFactory(organization=admin.organization)
    for _ in range(2):
        care_team.ensure(actor=admin, patient=patient, practitioner=own)
    assert CareTeamMember.objects.count() == Event.objects.count() == 1


def test_an_inactive_practitioner_joins_no_care_team(admin):
    gone = factories.PractitionerFactory(organization=admin.organization, is_active=False)
    patient = factories.PatientFactory(organization=admin.organization)
    with pytest.raises(Conflict) as refused:
        care_team.add(actor=admin, patient=patient, practitioner=gone)
    assert refused.value.code == "practitioner_inactive"


def test_a_guardian_who_may_no_longer_sign_in_sees_nothing(admin, clinic):
    parent = factories.actor(clinic, Role.PATIENT)
    guardian = factories.GuardianFactory(organization=clinic, user=parent.user)
    assert access.patients(parent).get() == guardian.patient
    guardians.update(actor=admin, guardian=guardian, may_sign_in=False)
    assert not access.patients(parent).exists()
    assert not access.patient_directory(parent).exists()


def test_patients_see_themselves_and_no_other(clinic):
    factories.PatientFactory(organization=clinic)
    patient = factories.actor(clinic, Role.PATIENT)
    own = factories.PatientFactory(organization=clinic, user=patient.user)
    assert access.patients(patient).get() == own
    assert access.patient_directory(patient).get() == own
