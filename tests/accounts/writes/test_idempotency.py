"""A key names one attempt: of one person, in one clinic, at one thing."""

from datetime import date

import pytest

from accounts.care_team import services as care_team
from accounts.errors import Conflict, KeyReused
from accounts.models import CareTeamMember, Patient
from accounts.patients import services as patients
from accounts.roles import Role
from tests import factories

ADA = {
    "legal_first_name": "Ada",
    "legal_last_name": "Moreno",
    "date_of_birth": date(2016, 5, 4),
}


def test_the_first_result_is_given_again(admin):
    keyed = admin.with_key("k")
    first = patients.create(actor=keyed, **ADA)
    assert patients.create(actor=keyed, **ADA) == first
    assert Patient.objects.count() == 1


def test_the_same_key_in_another_clinic_is_not_answered_with_the_firsts(admin, elsewhere):
    patients.create(actor=admin.with_key("k"), **ADA)
    there = factories.actor(elsewhere, Role.ADMIN, user=admin.user)
    with pytest.raises(KeyReused):
        patients.create(actor=there.with_key("k"), **ADA)
    assert Patient.objects.count() == 1


def test_an_undone_result_is_not_returned_again(admin, clinic):
    patient = factories.PatientFactory(organization=clinic)
    practitioner = factories.PractitionerFactory(organization=clinic)
    keyed = admin.with_key("k")
    member = care_team.add(actor=keyed, patient=patient, practitioner=practitioner)
    care_team.remove(actor=admin, member=member)
    with pytest.raises(Conflict) as refused:
        care_team.add(actor=keyed, patient=patient, practitioner=practitioner)
    assert refused.value.code == "taken_back"
    assert not CareTeamMember.objects.exists()
