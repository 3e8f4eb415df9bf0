"""The users, practitioners, patients, guardians and insurance policies of a clinic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from random import Random

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from accounts.models import Guardian, Membership, Organization, Patient, Practitioner, User
from accounts.npi import check_digit
from accounts.roles import Role
from billing.models import InsurancePolicy, Payer
from clinic.demo import PASSWORD, names
from clinic.demo.profiles import Clinic, Staff

ADULT = 18
SECONDARY_PERCENT = 15


@dataclass(frozen=True)
class Team:
    """The practitioners who share a group of patients. Large clinics have many teams."""

    practitioners: list[Practitioner]
    staff: tuple[Staff, ...]
    days: list[tuple[int, ...]]
    patients: list[Patient]
    policies: dict[int, InsurancePolicy]

    def who_treat(self, kind: str) -> list[Practitioner]:
        pairs = zip(self.practitioners, self.staff, strict=True)
        return [practitioner for practitioner, staff in pairs if kind in staff.treats]

    def days_of(self, practitioner: Practitioner) -> tuple[int, ...]:
        return self.days[self.practitioners.index(practitioner)]


def user(email: str, name: str, *, is_superadmin: bool = False) -> User:
    """Create a user with a verified address, who can sign in at once."""
    made = User.objects.create(
        email=email,
        name=name,
        password=_password(),
        is_staff=is_superadmin,
        is_superuser=is_superadmin,
    )
    EmailAddress.objects.create(user=made, email=email, verified=True, primary=True)
    return made


def member(organization: Organization, person: User, role: Role) -> User:
    Membership.objects.create(organization=organization, user=person, role=role)
    return person


def practitioners(
    organization: Organization, clinic: Clinic, random: Random, *, team: int
) -> list[Practitioner]:
    """The first team has the profile's names; the names of further teams are random."""
    people = [_named(clinic, staff, random, team, i) for i, staff in enumerate(clinic.staff)]
    users = User.objects.bulk_create(
        User(email=email, name=f"{first} {last}", password=_password())
        for first, last, email in people
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=one, email=one.email, verified=True, primary=True) for one in users
    )
    Membership.objects.bulk_create(
        Membership(organization=organization, user=one, role=Role.PRACTITIONER) for one in users
    )
    size = len(clinic.staff)
    found = [
        Practitioner(
            organization=organization,
            user=one,
            first_name=first,
            last_name=last,
            npi=_npi(clinic, team * size + i),
            credential=staff.credential,
            taxonomy=staff.taxonomy,
            hue=i % 8,
        )
        for i, (staff, one, (first, last, _)) in enumerate(
            zip(clinic.staff, users, people, strict=True)
        )
    ]
    Practitioner.objects.bulk_create(found)
    for one, staff in zip(found, clinic.staff, strict=True):
        if staff.supervisor is not None:
            one.supervisor = found[staff.supervisor]
    Practitioner.objects.bulk_update(found, ["supervisor"])
    return found


def _named(
    clinic: Clinic, staff: Staff, random: Random, team: int, place: int
) -> tuple[str, str, str]:
    if team == 0:
        first, last = staff.first_name, staff.last_name
        return first, last, f"{first}@{clinic.slug}.example".lower()
    first, last = names.given(random), names.family(random)
    return first, last, f"{first}.{last}.{team}.{place}@{clinic.slug}.example".lower()


@cache
def _password() -> str:
    """The hashed password, made once: hashing is slow, and all users have the same password."""
    return make_password(PASSWORD)


def _npi(clinic: Clinic, number: int) -> str:
    first_nine = f"1{clinic.npi[1:4]}{number:05d}"
    return first_nine + check_digit(first_nine)


def patients(
    organization: Organization,
    clinic: Clinic,
    random: Random,
    *,
    first_number: int,
    now: datetime,
) -> list[Patient]:
    today = organization.today()
    return Patient.objects.bulk_create(
        _patient(organization, clinic, random, number, today=today, now=now)
        for number in range(first_number, first_number + clinic.patients)
    )


def _patient(
    organization: Organization,
    clinic: Clinic,
    random: Random,
    number: int,
    *,
    today: date,
    now: datetime,
) -> Patient:
    first, last = names.given(random), names.family(random)
    youngest, oldest = clinic.ages
    age_days = random.randint(youngest * 365 + 30, oldest * 365)
    preferred = names.given(random) if random.randrange(100) < 8 else ""
    return Patient(
        organization=organization,
        mrn=f"{number:06d}",
        legal_first_name=first,
        legal_last_name=last,
        preferred_name=preferred,
        date_of_birth=today - timedelta(days=age_days),
        phone=names.phone(random, clinic.area_code),
        email=names.email(first, last, number) if age_days > ADULT * 365 else "",
        address_line1=names.street(random),
        city=clinic.city,
        region=clinic.region,
        postal_code=clinic.postal_code,
        created_at=now - timedelta(days=random.randint(150, 900)),
    )


def guardians(clinic: Clinic, random: Random, patients: list[Patient]) -> list[Guardian]:
    """One or two for every child, none for adults."""
    found = []
    for patient in patients:
        if patient.age_on(patient.organization.today()) >= ADULT:
            continue
        for relationship in random.sample(names.RELATIONSHIPS[:4], random.choice((1, 1, 2))):
            found.append(_guardian(clinic, random, patient, relationship))
    return Guardian.objects.bulk_create(found)


def _guardian(clinic: Clinic, random: Random, patient: Patient, relationship: str) -> Guardian:
    first = names.given(random)
    return Guardian(
        organization_id=patient.organization_id,
        patient=patient,
        name=f"{first} {patient.legal_last_name}",
        relationship=relationship,
        phone=names.phone(random, clinic.area_code),
        email=names.email(first, patient.legal_last_name, int(patient.mrn)),
    )


def policies(
    random: Random, insured: list[Patient], payers: list[Payer], *, today: date
) -> dict[int, InsurancePolicy]:
    """Insert policies. Returns the primary ones by patient id.

    Some patients also have a secondary policy, or an earlier one that has ended.
    """
    first_of_year = date(today.year - 1, 1, 1)
    primary, others = {}, []
    for patient in insured:
        now, before = random.sample(payers, 2)
        primary[patient.pk] = _policy(random, patient, now, first_of_year)
        if random.randrange(100) < SECONDARY_PERCENT:
            others.append(
                _policy(random, patient, before, first_of_year, InsurancePolicy.Priority.SECONDARY)
            )
        elif random.randrange(100) < SECONDARY_PERCENT:
            earlier = _policy(random, patient, before, date(today.year - 3, 1, 1))
            earlier.end_date = first_of_year - timedelta(days=1)
            others.append(earlier)
    InsurancePolicy.objects.bulk_create([*primary.values(), *others])
    return primary


def _policy(
    random: Random,
    patient: Patient,
    payer: Payer,
    start: date,
    priority: int = InsurancePolicy.Priority.PRIMARY,
) -> InsurancePolicy:
    relationship = InsurancePolicy.Relationship
    is_child = patient.age_on(start) < ADULT
    return InsurancePolicy(
        organization_id=patient.organization_id,
        patient=patient,
        payer=payer,
        priority=priority,
        member_id=f"{payer.payer_id[:3]}{random.randrange(10**8):08d}",
        group_number=f"G{random.randrange(10**5):05d}",
        start_date=start,
        subscriber_relationship=relationship.CHILD if is_child else relationship.SELF,
    )
