"""The billing records that an actor may see, as QuerySets. Every read goes through them."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.access import patient_scope
from accounts.actor import Actor
from billing.models import (
    Authorization,
    EligibilityCheck,
    InsurancePolicy,
    LedgerEntry,
    Payer,
    Reservation,
    ServiceCode,
)
from billing.models.authorization import AuthorizationQuerySet
from billing.models.payer import InsurancePolicyQuerySet, PayerQuerySet
from billing.models.service_code import ServiceCodeQuerySet


def payers(actor: Actor) -> PayerQuerySet:
    found: PayerQuerySet = Payer.objects.of(actor.organization)
    return found if actor.may("payer.view") else found.none()


def service_codes(actor: Actor) -> ServiceCodeQuerySet:
    found: ServiceCodeQuerySet = ServiceCode.objects.of(actor.organization)
    return found


def policies(actor: Actor) -> InsurancePolicyQuerySet:
    found: InsurancePolicyQuerySet = InsurancePolicy.objects.of(actor.organization)
    return found.filter(patient_scope(actor, "patient__"))


def eligibility_checks(actor: Actor) -> QuerySet[EligibilityCheck]:
    found: QuerySet[EligibilityCheck] = EligibilityCheck.objects.of(actor.organization)
    return found.filter(patient_scope(actor, "policy__patient__"))


def authorizations(actor: Actor) -> AuthorizationQuerySet:
    found: AuthorizationQuerySet = Authorization.objects.of(actor.organization)
    return found.filter(patient_scope(actor, "patient__"))


def reservations(actor: Actor) -> QuerySet[Reservation]:
    found: QuerySet[Reservation] = Reservation.objects.of(actor.organization)
    return found.filter(patient_scope(actor, "authorization__patient__"))


def entries(actor: Actor) -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.filter(
        patient_scope(actor, "authorization__patient__"), organization=actor.organization
    )
