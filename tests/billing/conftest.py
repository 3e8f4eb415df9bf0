from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.actor import Actor
from accounts.models import Organization, Patient
from accounts.roles import Role
from billing.ledger import services as ledger
from billing.models import Authorization, InsurancePolicy, Reservation, ServiceCode
from tests import factories
from tests.billing.addresses import BUTTONS, READ, WRITE

# A Wednesday morning in the clinic's Chicago.
NOW = datetime.fromisoformat("2026-06-10T09:00:00-05:00")
TODAY = date(2026, 6, 10)


@pytest.fixture
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(params=["read committed", pytest.param("serializable", marks=pytest.mark.slow)])
def _isolation(request, settings) -> None:
    settings.UNIT_LEDGER_ISOLATION = request.param


@pytest.fixture
def clinic(db, _now) -> Organization:
    return factories.OrganizationFactory()


@pytest.fixture
def admin(clinic) -> Actor:
    return factories.actor(clinic, Role.ADMIN)


@pytest.fixture
def service(clinic) -> ServiceCode:
    return factories.ServiceCodeFactory(organization=clinic, code="97153")


@pytest.fixture
def patient(clinic) -> Patient:
    return factories.PatientFactory(organization=clinic)


@pytest.fixture
def policy(clinic, patient) -> InsurancePolicy:
    return factories.InsurancePolicyFactory(organization=clinic, patient=patient)


@pytest.fixture
def authorization(clinic, patient, policy, service) -> Authorization:
    """A-1042: 20 units until 31 August."""
    return factories.AuthorizationFactory(
        organization=clinic,
        patient=patient,
        policy=policy,
        service_codes=[service],
        units=20,
        number="A-1042",
        start_date=date(2026, 3, 1),
        end_date=date(2026, 8, 31),
    )


@pytest.fixture
def reserve(admin, authorization, patient, service):
    """Reserve so many units of the authorization, today unless said otherwise."""
    count = iter(range(1, 1000))

    def reserve(units: int, **changed: Any) -> Reservation:
        wanted: dict[str, Any] = {
            "authorization": authorization,
            "patient": patient,
            "service_code": service,
            "date_of_service": TODAY,
            "source": f"appointment:{next(count)}",
        }
        return ledger.reserve(actor=admin, units=units, **{**wanted, **changed})

    return reserve


def client_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(actor.user)
    return client


@pytest.fixture
def desk(admin) -> Client:
    """Signed in as the administrator."""
    return client_of(admin)


@pytest.fixture
def things(authorization, service) -> dict[str, Any]:
    return {
        "payer": authorization.payer,
        "service": service,
        "patient": authorization.patient,
        "policy": authorization.policy,
        "authorization": authorization,
    }


@pytest.fixture
def at(admin, things):
    """The address of a page, about the thing of that kind that the test has."""

    def at(name: str) -> str:
        of = {**READ, **WRITE, **BUTTONS}[name]
        return admin.url(f"billing:{name}", **({"pk": things[of].pk} if of else {}))

    return at
