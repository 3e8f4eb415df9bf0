from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from accounts.actor import Actor
from accounts.models import Organization, Patient, Practitioner
from accounts.roles import Role
from billing.models import Authorization, ServiceCode
from scheduling.appointments import services as appointments
from scheduling.models import Appointment
from tests import factories

# A Wednesday morning in the clinic's Chicago.
NOW = datetime.fromisoformat("2026-06-10T09:00:00-05:00")


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def time_travel(_now) -> Callable[[datetime], None]:
    """To another moment."""
    return _now.move_to


@pytest.fixture
def clinic(db) -> Organization:
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
def practitioner(clinic) -> Practitioner:
    return factories.PractitionerFactory(organization=clinic)


@pytest.fixture
def authorization(clinic, patient, service) -> Authorization:
    return factories.AuthorizationFactory(
        organization=clinic, patient=patient, service_codes=[service], units=20
    )


@pytest.fixture
def appointment(admin, patient, practitioner, service, authorization) -> Appointment:
    """Tomorrow at ten, an hour, four units."""
    starts_at = NOW + timedelta(days=1, hours=1)
    return appointments.book(
        actor=admin,
        patient=patient,
        practitioner=practitioner,
        service_code=service,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        authorization=authorization,
    )


@pytest.fixture
def desk(admin) -> Client:
    """Signed in as the administrator."""
    client = Client()
    client.force_login(admin.user)
    return client
