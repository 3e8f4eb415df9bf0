import pytest

from tests import factories

pytestmark = pytest.mark.django_db


def test_rows_stay_in_one_clinic():
    clinic = factories.OrganizationFactory()
    for name in ("Guardian", "CareTeamMember", "InsurancePolicy", "Room"):
        row = getattr(factories, f"{name}Factory")(organization=clinic)
        assert row.organization == clinic
    authorization = factories.AuthorizationFactory(organization=clinic, units=0)
    assert authorization.policy.organization == authorization.patient.organization == clinic
    assert authorization.policy.patient == authorization.patient
