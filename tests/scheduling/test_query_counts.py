"""What a page costs the database: little, and the same for one row as for many."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actor import Actor
from accounts.models import Patient, Practitioner
from accounts.roles import Role
from scheduling.appointments import services as appointments
from scheduling.models import Appointment
from scheduling.sessions import services as sessions
from tests import factories
from tests.scheduling.conftest import NOW

pytestmark = pytest.mark.django_db

MAX_QUERIES = 12
STAFF = (Role.ADMIN, Role.PRACTITIONER, Role.VIEWER)
LISTS = ("clinic:home", "scheduling:week", "scheduling:day")
TABLES = ("scheduling:appointments", "scheduling:sessions", "scheduling:locations")


def signed_in(clinic, role: Role) -> tuple[Actor, Client]:
    me, client = factories.actor(clinic, role), Client()
    client.force_login(me.user)
    client.get(me.url("clinic:home"))  # the first request notes where they are signed in
    return me, client


def booked(
    admin: Actor, me: Actor, service, *, number: int, patient: Patient | None = None
) -> Appointment:
    """Of a patient of its own with an authorization of its own, completed when that is given.

    With the practitioner who looks at it; else with one of its own too.
    """
    clinic = admin.organization
    patient = patient or factories.PatientFactory(organization=clinic)
    factories.AuthorizationFactory(
        organization=clinic, patient=patient, service_codes=[service], units=20
    )
    own = Practitioner.objects.filter(pk=me.practitioner_id).first()
    room = factories.RoomFactory(organization=clinic)
    starts_at = NOW - timedelta(hours=number)
    booked = appointments.book(
        actor=admin,
        patient=patient,
        practitioner=own or factories.PractitionerFactory(organization=clinic),
        service_code=service,
        authorization="best",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=45),
        room=room,
    )
    if number % 2:
        sessions.complete(actor=admin, appointment=booked)
    return booked


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize("role", STAFF)
def test_lists_and_calendars(clinic, admin, service, role) -> None:
    me, client = signed_in(clinic, role)
    urls = [me.url(name) for name in (*LISTS, *TABLES)]
    for number in (1, 2):
        booked(admin, me, service, number=number)
    for_one = {url: queries_of(client, url) for url in urls}
    for number in range(3, 9):
        booked(admin, me, service, number=number)
    assert {url: queries_of(client, url) for url in urls} == for_one
    assert max(for_one.values()) <= MAX_QUERIES, for_one


def test_a_guardians_home(clinic, admin, service) -> None:
    me, client = signed_in(clinic, Role.PATIENT)
    url = me.url("clinic:home")

    def child(number: int) -> None:
        patient = factories.PatientFactory(organization=clinic)
        factories.GuardianFactory(
            organization=clinic, patient=patient, user=me.user, may_sign_in=True
        )
        booked(admin, me, service, number=number, patient=patient)

    for number in (1, 2):
        child(number)
    for_one = queries_of(client, url)
    for number in range(3, 7):
        child(number)
    assert queries_of(client, url) == for_one <= MAX_QUERIES


@pytest.mark.parametrize("role", STAFF)
def test_an_appointment_and_its_session(clinic, admin, service, role) -> None:
    me, client = signed_in(clinic, role)
    done = booked(admin, me, service, number=1)
    assert queries_of(client, me.url("scheduling:appointment", pk=done.pk)) <= MAX_QUERIES
    assert queries_of(client, me.url("scheduling:session", pk=done.session.pk)) <= MAX_QUERIES
