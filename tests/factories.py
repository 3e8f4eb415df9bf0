"""Rows that tests start from. What a write of the product makes is made by its service."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.actor import Actor
from accounts.api_keys.services import hash_of
from accounts.models import (
    ApiKey,
    BreakGlass,
    CareTeamMember,
    Guardian,
    Invitation,
    Membership,
    Organization,
    Patient,
    Practitioner,
    User,
)
from accounts.npi import check_digit
from accounts.roles import Role
from billing.models import (
    Authorization,
    AuthorizedService,
    InsurancePolicy,
    Payer,
    Rounding,
    ServiceCode,
)
from scheduling.models import Location, Room

PASSWORD = "correct-horse-9"
SAME_CLINIC = factory.SelfAttribute("..organization")


def npi(number: int) -> str:
    first_nine = f"1{number % 10**8:08d}"
    return first_nine + check_digit(first_nine)


def where_it_is_noon() -> str:
    """A time zone in which an hour ago and in an hour are today too, at any hour of the day."""
    return f"Etc/GMT{timezone.now().hour - 12:+d}"


def where_it_is_not_late() -> str:
    """A time zone in which in four hours is today too, with the clock changes of the USA."""
    chicago = datetime.now(ZoneInfo("America/Chicago"))
    return "America/Chicago" if chicago.hour < 20 else "America/Adak"


class OrganizationFactory(DjangoModelFactory[Organization]):
    class Meta:
        model = Organization

    name = factory.Sequence(lambda n: f"Clinic {n}")
    slug = factory.Sequence(lambda n: f"clinic-{n}")
    time_zone = "America/Chicago"


class UserFactory(DjangoModelFactory[User]):
    """Signs in with PASSWORD."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"user{n}@example.org")
    name = factory.Sequence(lambda n: f"User {n}")
    password = factory.django.Password(PASSWORD)

    @factory.post_generation
    def verified_email(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        self.emailaddress_set.create(email=self.email, verified=True, primary=True)


class SuperadminFactory(UserFactory):
    is_staff = True
    is_superuser = True


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    organization = factory.SubFactory(OrganizationFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.ADMIN


class PractitionerFactory(DjangoModelFactory[Practitioner]):
    """Without a user: `practitioner_actor` makes one who can sign in."""

    class Meta:
        model = Practitioner

    organization = factory.SubFactory(OrganizationFactory)
    first_name = factory.Sequence(lambda n: f"Robin{n}")
    last_name = "Okafor"
    npi = factory.Sequence(npi)
    credential = "BCBA"


class PatientFactory(DjangoModelFactory[Patient]):
    class Meta:
        model = Patient

    organization = factory.SubFactory(OrganizationFactory)
    mrn = factory.Sequence(lambda n: f"M{n:06d}")
    legal_first_name = factory.Sequence(lambda n: f"Ada{n}")
    legal_last_name = "Moreno"
    date_of_birth = date(2016, 5, 4)


class GuardianFactory(DjangoModelFactory[Guardian]):
    class Meta:
        model = Guardian

    organization = factory.SubFactory(OrganizationFactory)
    patient = factory.SubFactory(PatientFactory, organization=SAME_CLINIC)
    name = "Lena Moreno"
    relationship = "Mother"


class CareTeamMemberFactory(DjangoModelFactory[CareTeamMember]):
    class Meta:
        model = CareTeamMember

    organization = factory.SubFactory(OrganizationFactory)
    patient = factory.SubFactory(PatientFactory, organization=SAME_CLINIC)
    practitioner = factory.SubFactory(PractitionerFactory, organization=SAME_CLINIC)


class ApiKeyFactory(DjangoModelFactory[ApiKey]):
    class Meta:
        model = ApiKey

    organization = factory.SubFactory(OrganizationFactory)
    name = factory.Sequence(lambda number: f"Key {number}")
    role = Role.VIEWER
    scopes = ["patients:read"]
    prefix = "ck_abcdefg"
    secret_hash = factory.Sequence(lambda number: hash_of(f"ck_{number}"))


class InvitationFactory(DjangoModelFactory[Invitation]):
    """Its token is unknown; `invitations.invite` makes one that can be accepted."""

    class Meta:
        model = Invitation

    organization = factory.SubFactory(OrganizationFactory)
    email = factory.Sequence(lambda n: f"invited{n}@example.org")
    role = Role.VIEWER
    token_hash = factory.LazyFunction(lambda: uuid.uuid4().hex)
    invited_by = factory.SubFactory(UserFactory)
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=7))


class BreakGlassFactory(DjangoModelFactory[BreakGlass]):
    class Meta:
        model = BreakGlass

    organization = factory.SubFactory(OrganizationFactory)
    patient = factory.SubFactory(PatientFactory, organization=SAME_CLINIC)
    user = factory.SubFactory(UserFactory)
    reason = "Covering for a colleague today"
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(minutes=60))


class PayerFactory(DjangoModelFactory[Payer]):
    class Meta:
        model = Payer

    organization = factory.SubFactory(OrganizationFactory)
    name = factory.Sequence(lambda n: f"Payer {n}")


class InsurancePolicyFactory(DjangoModelFactory[InsurancePolicy]):
    class Meta:
        model = InsurancePolicy

    organization = factory.SubFactory(OrganizationFactory)
    patient = factory.SubFactory(PatientFactory, organization=SAME_CLINIC)
    payer = factory.SubFactory(PayerFactory, organization=SAME_CLINIC)
    member_id = factory.Sequence(lambda n: f"W{n:08d}")
    start_date = factory.LazyAttribute(lambda row: row.organization.today() - timedelta(days=365))


class ServiceCodeFactory(DjangoModelFactory[ServiceCode]):
    class Meta:
        model = ServiceCode

    organization = factory.SubFactory(OrganizationFactory)
    code = factory.Sequence(lambda n: f"T{n:05d}")
    label = "Adaptive behavior treatment"
    rounding = Rounding.CMS
    default_rate = Decimal("18.50")


class AuthorizationFactory(DjangoModelFactory[Authorization]):
    """Active from 30 days ago to 90 days ahead, with `units` granted for `service_codes`."""

    class Meta:
        model = Authorization

    organization = factory.SubFactory(OrganizationFactory)
    patient = factory.SubFactory(PatientFactory, organization=SAME_CLINIC)
    policy = factory.SubFactory(
        InsurancePolicyFactory, organization=SAME_CLINIC, patient=factory.SelfAttribute("..patient")
    )
    payer = factory.SelfAttribute("policy.payer")
    number = factory.Sequence(lambda n: f"A-{n:04d}")
    start_date = factory.LazyAttribute(lambda row: row.organization.today() - timedelta(days=30))
    end_date = factory.LazyAttribute(lambda row: row.organization.today() + timedelta(days=90))
    units = 40
    service_codes = factory.LazyAttribute(
        lambda row: [ServiceCodeFactory(organization=row.organization)]
    )

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Authorization:
        units, codes = kwargs.pop("units"), kwargs.pop("service_codes")
        authorization: Authorization = super()._create(model_class, *args, **kwargs)
        organization = authorization.organization
        for code in codes:
            AuthorizedService.objects.create(
                organization=organization, authorization=authorization, service_code=code
            )
        if units:
            grant_units(authorization, units)
        return authorization


def grant_units(authorization: Authorization, units: int) -> None:
    from billing.ledger import services as ledger

    ledger.grant(
        actor=Actor.system(authorization.organization, channel="test"),
        authorization=authorization,
        units=units,
        reason="For the test",
    )
    authorization.refresh_from_db()


class LocationFactory(DjangoModelFactory[Location]):
    class Meta:
        model = Location

    organization = factory.SubFactory(OrganizationFactory)
    name = factory.Sequence(lambda n: f"Main Street {n}")


class RoomFactory(DjangoModelFactory[Room]):
    class Meta:
        model = Room

    organization = factory.SubFactory(OrganizationFactory)
    location = factory.SubFactory(LocationFactory, organization=SAME_CLINIC)
    name = factory.Sequence(lambda n: f"Room {n}")


def actor(
    organization: Organization, role: Role = Role.ADMIN, *, user: User | None = None
) -> Actor:
    """A member of the clinic with this role; a practitioner gets a practitioner record too."""
    user = user or UserFactory()
    if role == Role.SUPERADMIN:
        User.objects.filter(pk=user.pk).update(is_superuser=True, is_staff=True)
        user.is_superuser = user.is_staff = True
    else:
        MembershipFactory(organization=organization, user=user, role=role)
    practitioner = (
        PractitionerFactory(organization=organization, user=user)
        if role == Role.PRACTITIONER
        else None
    )
    return Actor(
        user=user,
        organization=organization,
        role=role,
        channel="test",
        request_id=str(uuid.uuid4()),
        practitioner_id=practitioner.pk if practitioner else None,
    )
