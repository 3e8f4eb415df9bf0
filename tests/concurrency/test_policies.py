"""An authorization has its policy's payer, also if the policy changes meanwhile."""

from datetime import timedelta

import pytest

from billing.authorizations import services as authorizations
from billing.models import Authorization
from billing.policies import services as policies
from tests import factories
from tests.concurrency.race import overtake


@pytest.fixture
def policy(clinic):
    patient = factories.PatientFactory(organization=clinic.organization)
    return factories.InsurancePolicyFactory(organization=clinic.organization, patient=patient)


def authorize(clinic, policy):
    today = clinic.organization.today()
    return authorizations.create(
        actor=clinic.actor,
        patient=policy.patient,
        policy=policy,
        number="A-9",
        service_codes=[clinic.service],
        start_date=today,
        end_date=today + timedelta(days=30),
        total_units=8,
    )


def change(clinic, policy, **changes):
    wanted = {
        "payer": policy.payer,
        "member_id": policy.member_id,
        "start_date": policy.start_date,
        **changes,
    }
    return policies.update(actor=clinic.actor, policy=policy, **wanted)


def other_payer(clinic):
    return factories.PayerFactory(organization=clinic.organization)


def test_payer_changed_while_one_authorizes(clinic, policy):
    payer = other_payer(clinic)
    outcome = overtake(
        lambda: change(clinic, policy, payer=payer), lambda: authorize(clinic, policy)
    )
    assert not outcome.refused
    assert Authorization.objects.get(number="A-9").payer == payer


def test_authorized_while_the_payer_is_changed(clinic, policy):
    payer = other_payer(clinic)
    outcome = overtake(
        lambda: authorize(clinic, policy), lambda: change(clinic, policy, payer=payer)
    )
    assert outcome.refused == {"policy_in_use": 1}
    policy.refresh_from_db()
    assert policy.payer == Authorization.objects.get(number="A-9").payer


def test_set_inactive_while_one_authorizes(clinic, policy):
    outcome = overtake(
        lambda: change(clinic, policy, is_active=False), lambda: authorize(clinic, policy)
    )
    assert outcome.refused == {"policy_inactive": 1}
    assert not policy.authorizations.exists()


def test_authorized_while_it_is_set_inactive(clinic, policy):
    outcome = overtake(
        lambda: authorize(clinic, policy), lambda: change(clinic, policy, is_active=False)
    )
    assert outcome.refused == {"policy_in_use": 1}
    policy.refresh_from_db()
    assert policy.is_active
