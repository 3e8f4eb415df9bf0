"""The clinics that are measured. Their rows are made in bulk, with ids that say what they are.

Patient number n has the policy, authorization and so on of the same number, each counted from a
round figure, so that a load generator can name them without asking. `replay` verifies the ledger
after each.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection, transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.api_keys import services as api_keys
from accounts.models import Organization, Patient, Practitioner
from accounts.npi import check_digit
from accounts.organizations import services as organizations
from accounts.roles import Role
from accounts.writes import bulk_insert
from billing.ledger import replay
from billing.models import Authorization, AuthorizedService, InsurancePolicy, Payer, ServiceCode
from clinic.demo import people
from scheduling.models import Location

PRACTITIONERS = 1_000_000
PATIENTS = 10_000_000
AUTHORIZATIONS = 20_000_000
POLICIES = 30_000_000
RESERVATIONS = 40_000_000
PATIENTS_EACH = 6  # of a practitioner
PATIENTS_AT_ONCE = 60

GRANT = """
INSERT INTO billing_ledgerentry (
    organization_id, authorization_id, number, kind, units, total_delta, used_delta,
    reserved_delta, total_after, used_after, reserved_after, source, reason, request_id, at)
SELECT organization_id, id, 1, 'grant', total_units, total_units, 0, 0, total_units, 0, 0,
       '', '', '', created_at
  FROM billing_authorization WHERE id >= %s AND id < %s
"""


@dataclass(frozen=True)
class Clinic:
    """Who acts in it, what for, and the key by which programs come in."""

    organization: Organization
    desk: Actor
    service: ServiceCode
    payer: Payer
    location: Location
    api_key: str
    api_actor: Actor


def found(slug: str, *, time_zone: str = "America/Chicago") -> Clinic:
    organization = organizations.create(
        actor=Actor.founder(None, channel="bench"),
        name=slug.title(),
        slug=slug,
        time_zone=time_zone,
    )
    user = people.user(f"desk@{slug}.example", "Dana Whitfield")
    people.member(organization, user, Role.ADMIN)
    desk = Actor(user=user, organization=organization, role=Role.ADMIN, channel="page")
    areas = ("authorizations", "appointments", "sessions", "patients")
    scopes = [f"{area}:{reach}" for area in areas for reach in ("read", "write")]
    key = api_keys.create(actor=desk, name="Bench", role=Role.ADMIN, scopes=scopes)
    return Clinic(
        organization=organization,
        desk=desk,
        service=ServiceCode.objects.create(
            organization=organization, code=f"T{organization.pk:04d}", label="Therapy"
        ),
        payer=Payer.objects.create(organization=organization, name="Prairie Mutual"),
        location=Location.objects.create(organization=organization, name="Main Street"),
        api_key=key.secret,
        api_actor=_program(organization, key.pk),
    )


def _program(organization: Organization, key_id: int) -> Actor:
    return Actor(
        user=None,
        organization=organization,
        role=Role.ADMIN,
        channel="api",
        request_id="bench",
        api_key_id=key_id,
    )


@contextmanager
def in_bulk() -> Iterator[None]:
    """Without triggers and foreign keys, which look at every row; then everything is verified."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
    with connection.cursor() as cursor:
        for table in (
            "accounts_patient",
            "accounts_practitioner",
            "billing_authorization",
            "billing_insurancepolicy",
            "billing_reservation",
            "scheduling_appointment",
        ):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'),"
                f" greatest({RESERVATIONS}, (SELECT max(id) FROM {table})))"
            )
        cursor.execute("VACUUM ANALYZE")


def verify() -> int:
    """How many authorizations the ledger does not explain: none, or nothing was measured."""
    return len(replay.differences())


def add_practitioners(clinic: Clinic, numbers: range) -> None:
    bulk_insert.insert(
        [
            Practitioner(
                pk=PRACTITIONERS + n,
                organization=clinic.organization,
                first_name=f"Robin{n}",
                last_name="Okafor",
                npi=_npi(n),
                credential="BCBA",
                hue=n % 8,
            )
            for n in numbers
        ]
    )


def _npi(number: int) -> str:
    first_nine = f"1{number:08d}"
    return first_nine + check_digit(first_nine)


def add_patients(
    clinic: Clinic, numbers: range, *, units: int, ago: timedelta = timedelta()
) -> None:
    """Each with a policy and an authorization of so many units for the clinic's service.

    `ago` is how long before today's they were its patients.
    """
    organization, today = clinic.organization, clinic.organization.today() - ago
    start, end = today - timedelta(days=400), today + timedelta(days=300)
    patients, policies, authorizations, services = [], [], [], []
    for n in numbers:
        patients.append(_patient(organization, n))
        policies.append(
            InsurancePolicy(
                pk=POLICIES + n,
                organization=organization,
                patient_id=PATIENTS + n,
                payer=clinic.payer,
                member_id=f"W{n:08d}",
                start_date=start,
            )
        )
        authorizations.append(
            Authorization(
                pk=AUTHORIZATIONS + n,
                organization=organization,
                patient_id=PATIENTS + n,
                policy_id=POLICIES + n,
                payer=clinic.payer,
                number=f"A-{n:07d}",
                start_date=start,
                end_date=end,
                total_units=units,
                entry_count=1,
                created_at=timezone.now() - ago - timedelta(days=400),
            )
        )
        services.append(_covered(clinic, n, start, end))
    for rows in (patients, policies, authorizations, services):
        bulk_insert.insert(rows)
    with connection.cursor() as cursor:
        cursor.execute(GRANT, [AUTHORIZATIONS + numbers.start, AUTHORIZATIONS + numbers.stop])


def _patient(organization: Organization, number: int) -> Patient:
    return Patient(
        pk=PATIENTS + number,
        organization=organization,
        mrn=f"B{number:07d}",
        legal_first_name=f"Ada{number}",
        legal_last_name="Moreno",
        date_of_birth=date(2016, 5, 4),
    )


def _covered(clinic: Clinic, number: int, start: date, end: date) -> AuthorizedService:
    return AuthorizedService(
        organization=clinic.organization,
        authorization_id=AUTHORIZATIONS + number,
        service_code=clinic.service,
        payer=clinic.payer,
        number=f"A-{number:07d}",
        start_date=start,
        end_date=end,
        status=Authorization.Status.ACTIVE,
    )


def known(slug: str) -> Clinic:
    """The clinic as another process finds it, without the key's secret."""
    organization = Organization.objects.get(slug=slug)
    user = organization.memberships.get().user
    key = organization.api_keys.get()
    return Clinic(
        organization=organization,
        desk=Actor(user=user, organization=organization, role=Role.ADMIN, channel="page"),
        service=ServiceCode.objects.get(organization=organization),
        payer=Payer.objects.get(organization=organization),
        location=Location.objects.get(organization=organization),
        api_key="",
        api_actor=_program(organization, key.pk),
    )
