"""The clinic of the examples in the schema: each row has exactly the id that they name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import time_machine
from django.apps import apps
from django.db import connection, models

from accounts.actor import Actor
from accounts.models import Event, Organization, Patient, Practitioner
from accounts.models.webhook import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookSecret,
    new_secret,
)
from accounts.roles import Role
from billing.ledger import services as ledger
from billing.models import (
    Authorization,
    AuthorizedService,
    EligibilityCheck,
    InsurancePolicy,
    LedgerEntry,
    Reservation,
    ServiceCode,
)
from scheduling.appointments import services as appointments
from scheduling.models import Appointment
from tests import factories

FOUNDED = datetime(2026, 11, 1, 14, tzinfo=UTC)
OPENED = datetime(2026, 11, 2, 14, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
BOOKED = datetime(2026, 11, 30, 15, tzinfo=UTC)


@dataclass
class World:
    clinic: Organization
    admin: Actor  # user 11, who is the practitioner 151 too
    author: Actor  # the same as a practitioner
    patient: Patient
    practitioner: Practitioner
    service: ServiceCode
    policy: InsurancePolicy
    authorization: Authorization
    reservation: Reservation
    appointment: Appointment
    room: Any
    webhook: WebhookEndpoint


def build() -> World:
    """The rows as of NOW."""
    next_ids(10_000)
    with time_machine.travel(FOUNDED, tick=False):
        clinic = factories.OrganizationFactory(
            id=1,
            name="Lakeview Therapy",
            slug="lakeview",
            phone="312-555-0100",
            address_line1="200 Lake Street",
            city="Chicago",
            region="IL",
            postal_code="60614",
            created_at=FOUNDED,
        )
    with time_machine.travel(OPENED, tick=False):
        people = _people(clinic)
        catalog = _catalog(clinic)
        covered = _covered(people, catalog)
    with time_machine.travel(NOW, tick=False):
        booked = _booked(people, catalog, covered)
        _told(people, covered)
        world = World(**people, **catalog, **covered, **booked, webhook=_webhook(people))
    next_ids(20_000)
    return world


def next_ids(start: int) -> None:
    """What is written from here on has ids that no example names."""
    for model in apps.get_models():
        if model._meta.app_label in ("accounts", "billing", "scheduling"):
            next_id(model, start)


def next_id(model: type[models.Model], number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(%s, %s, false)", [f"{model._meta.db_table}_id_seq", number])


def _people(clinic: Organization) -> dict[str, Any]:
    own: dict[str, Any] = {"organization": clinic}
    user = factories.UserFactory(id=11, name="Robin Okafor", email="robin.okafor@example.org")
    factories.MembershipFactory(**own, id=21, user=user, role=Role.PRACTITIONER)
    practitioner = factories.PractitionerFactory(
        **own,
        id=151,
        user=user,
        first_name="Robin",
        last_name="Okafor",
        npi="1987654328",
    )
    patient = factories.PatientFactory(
        **own,
        id=101,
        mrn="000042",
        legal_first_name="Ada",
        legal_last_name="Moreno",
        phone="312-555-0142",
        address_line1="18 Willow Street",
        city="Chicago",
        region="IL",
        postal_code="60614",
    )
    factories.GuardianFactory(
        **own, id=111, patient=patient, email="lena.moreno@example.org", may_sign_in=True
    )
    factories.CareTeamMemberFactory(**own, id=121, patient=patient, practitioner=practitioner)
    factories.ApiKeyFactory(
        **own,
        id=41,
        name="Reporting",
        prefix="ck_4fT0xKq",
        scopes=["appointments:read", "authorizations:read"],
        last_used_at=datetime(2026, 11, 23, 14, 59, 10, tzinfo=UTC),
    )
    about: dict[str, Any] = {"user": user, "organization": clinic, "channel": "web"}
    return {
        "clinic": clinic,
        "admin": Actor(role=Role.ADMIN, **about),
        "author": Actor(role=Role.PRACTITIONER, practitioner_id=practitioner.pk, **about),
        "patient": patient,
        "practitioner": practitioner,
    }


def _catalog(clinic: Organization) -> dict[str, Any]:
    location = factories.LocationFactory(
        organization=clinic, id=251, name="Main Street", address="3 Main Street"
    )
    return {
        "service": factories.ServiceCodeFactory(
            organization=clinic,
            id=201,
            code="97153",
            default_minutes=120,
            default_rate=Decimal("18.50"),
        ),
        "room": factories.RoomFactory(
            organization=clinic, id=261, name="Yellow", location=location
        ),
    }


def _covered(people: dict[str, Any], catalog: dict[str, Any]) -> dict[str, Any]:
    clinic, patient = people["clinic"], people["patient"]
    payer = factories.PayerFactory(
        organization=clinic, id=301, name="Lakeshore Mutual", payer_id="LM001", phone="800-555-0100"
    )
    policy = factories.InsurancePolicyFactory(
        organization=clinic,
        id=401,
        patient=patient,
        payer=payer,
        member_id="W10293847",
        start_date=date(2026, 1, 1),
    )
    authorization = Authorization.objects.create(
        id=501,
        organization=clinic,
        patient=patient,
        policy=policy,
        payer=payer,
        number="A-1042",
        start_date=date(2026, 11, 1),
        end_date=date(2027, 3, 31),
        cap_per_week=40,
    )
    AuthorizedService.objects.create(
        organization=clinic, authorization=authorization, service_code=catalog["service"]
    )
    next_id(LedgerEntry, 701)
    ledger.grant(actor=people["admin"], authorization=authorization, units=120)
    return {"policy": policy, "authorization": authorization}


def _booked(
    people: dict[str, Any], catalog: dict[str, Any], covered: dict[str, Any]
) -> dict[str, Any]:
    next_id(Reservation, 601)
    held = ledger.reserve(
        actor=people["admin"],
        authorization=covered["authorization"],
        patient=people["patient"],
        service_code=catalog["service"],
        units=4,
        date_of_service=BOOKED.date(),
        source="intake:88",
    )
    next_id(Appointment, 801)
    appointment = appointments.book(
        actor=people["admin"],
        patient=people["patient"],
        practitioner=people["practitioner"],
        service_code=catalog["service"],
        authorization=covered["authorization"],
        room=catalog["room"],
        starts_at=BOOKED,
        ends_at=BOOKED.replace(hour=16),
    )
    _at_once(people["clinic"])
    return {"reservation": held, "appointment": appointment}


def _at_once(clinic: Organization) -> None:
    """The ledger goes by the database's own clock, and lets nobody change what it wrote."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        Reservation.objects.filter(organization=clinic).update(created_at=NOW)
        LedgerEntry.objects.filter(organization=clinic).update(at=NOW)
        LedgerEntry.objects.filter(pk=701).update(at=OPENED)
        cursor.execute("SET LOCAL session_replication_role = origin")


def _told(people: dict[str, Any], covered: dict[str, Any]) -> None:
    clinic, patient, user = people["clinic"], people["patient"], people["admin"].user
    factories.InvitationFactory(
        organization=clinic, id=31, email="sam.reyes@example.org", invited_by=user
    )
    factories.BreakGlassFactory(
        organization=clinic,
        id=131,
        patient=patient,
        user=user,
        reason="Covering for Dr Okafor, who is ill today",
    )
    EligibilityCheck.objects.create(
        organization=clinic,
        id=451,
        policy=covered["policy"],
        result="active",
        plan_name="Choice Plus",
        start_date=date(2026, 1, 1),
        reference_number="271-88341",
        checked_by=user,
    )
    Event.objects.create(
        organization=clinic,
        id=1001,
        actor=user,
        actor_role=Role.ADMIN,
        channel="web",
        action="patient.updated",
        object_type="accounts.patient",
        object_id=patient.pk,
        patient=patient,
        details={"changes": {"phone": ["312-555-0142", "312-555-0143"]}},
        request_id="3f0f5c9e-5f0b-4b8e-8d0a-5a3c1f4d2b6e",
        address="192.0.2.17",
    )


def _webhook(people: dict[str, Any]) -> WebhookEndpoint:
    """With one event that was delivered at the first attempt."""
    clinic = people["clinic"]
    webhook = WebhookEndpoint.objects.create(
        organization=clinic,
        id=5,
        url="https://hooks.example.org/caretally",
        description="Billing system",
        event_types=["appointment.*", "unit.adjusted"],
        created_at=OPENED,
    )
    WebhookSecret.objects.create(
        organization=clinic, endpoint=webhook, sealed=WebhookSecret.seal(new_secret())
    )
    next_id(WebhookDelivery, 9301)
    Event.objects.create(
        organization=clinic,
        id=90412,
        actor=people["admin"].user,
        actor_role=Role.ADMIN,
        channel="web",
        action="appointment.booked",
        object_type="scheduling.appointment",
        object_id=801,
    )
    delivery = WebhookDelivery.objects.get(event=90412)
    delivery.message_id = "5f0c7e6a-4a3e-4b7d-9a55-c3b6a2a0f1de"
    delivery.status = WebhookDelivery.Status.DELIVERED
    delivery.attempt_count = 1
    delivery.created_at, delivery.ended_at = NOW, NOW.replace(second=1)
    delivery.next_attempt_at = None
    delivery.save()
    WebhookAttempt.objects.create(
        organization=clinic,
        id=12044,
        delivery=delivery,
        at=NOW.replace(second=1),
        status_code=200,
        duration_ms=84,
        response="Thank you",
    )
    return webhook
