import pytest

from accounts.errors import Conflict, Invalid, NotFound
from accounts.models import Event, Practitioner
from accounts.npi import is_valid_npi
from accounts.practitioners import services as practitioners
from accounts.roles import Role
from tests import factories

ROBIN = {"first_name": "Robin", "last_name": "Okafor"}


def test_the_example_that_cms_gives():
    assert is_valid_npi("1234567893")


@pytest.mark.parametrize(
    "number",
    ["1234567890", "123456789", "12345678933", "3234567893", "123456789x", "１234567893", ""],
)
def test_other_numbers_are_no_npi(number):
    assert not is_valid_npi(number)


def test_a_wrong_check_digit_is_refused_and_nothing_written(admin):
    with pytest.raises(Invalid) as refused:
        practitioners.create(actor=admin, npi="1234567890", **ROBIN)
    assert refused.value.field == "npi"
    assert not Practitioner.objects.exists()


def test_an_npi_belongs_to_one_practitioner_of_the_clinic(admin, elsewhere):
    practitioners.create(actor=admin, npi="1234567893", **ROBIN)
    practitioners.create(actor=factories.actor(elsewhere), npi="1234567893", **ROBIN)
    with pytest.raises(Conflict) as refused:
        practitioners.create(actor=admin, npi="1234567893", **ROBIN)
    assert refused.value.code == "npi_taken"


def test_supervision_never_runs_in_a_circle(admin):
    first, second, third = (
        factories.PractitionerFactory(organization=admin.organization) for _ in range(3)
    )
    practitioners.update(actor=admin, practitioner=second, supervisor=first)
    practitioners.update(actor=admin, practitioner=third, supervisor=second)
    for supervisor in (first, third):
        with pytest.raises(Invalid) as refused:
            practitioners.update(actor=admin, practitioner=first, supervisor=supervisor)
        assert refused.value.code == "supervisor_loop"
    first.refresh_from_db()
    assert first.supervisor is None


def test_what_is_not_of_the_clinic_is_not_found(admin, elsewhere):
    theirs = factories.PractitionerFactory(organization=elsewhere)
    stranger = factories.actor(elsewhere).user
    own = factories.PractitionerFactory(organization=admin.organization)
    for wrong in ({"supervisor": theirs}, {"user": stranger}):
        with pytest.raises(NotFound):
            practitioners.create(actor=admin, **ROBIN, **wrong)
        with pytest.raises(NotFound):
            practitioners.update(actor=admin, practitioner=own, **wrong)
    with pytest.raises(NotFound):
        practitioners.update(actor=admin, practitioner=theirs, first_name="X")
    assert not Event.objects.exists()


def test_a_member_signs_in_as_one_practitioner(admin):
    user = factories.actor(admin.organization, Role.VIEWER).user
    practitioners.create(actor=admin, user=user, **ROBIN)
    with pytest.raises(Conflict) as refused:
        practitioners.create(actor=admin, user=user, **ROBIN)
    assert refused.value.code == "member_is_practitioner"
