"""Which authorization a date of service should draw on."""

from __future__ import annotations

from datetime import date

from django.db.models import Case, F, IntegerField, Q, When

from accounts.actor import Actor
from accounts.models import Patient
from billing import access
from billing.models import Authorization, Reservation, ServiceCode
from billing.models.authorization import AuthorizationQuerySet

THE_BEST_FIRST = ("policy__priority", "end_date", "id")


def candidates(
    actor: Actor, *, patient: Patient, service_code: ServiceCode, day: date
) -> AuthorizationQuerySet:
    """Active authorizations of the patient that cover the service on `day`, the best first.

    The primary policy's come before the secondary's; among those, what ends first is used first.
    """
    found: AuthorizationQuerySet = (
        access.authorizations(actor)
        .filter(patient=patient, services__service_code=service_code)
        .usable_on(day)
        .annotate(selected_service_id=F("services__service_code"))
        .select_related("policy", "payer")
        .order_by(*THE_BEST_FIRST)
    )
    return found


def best(
    actor: Actor,
    *,
    patient: Patient,
    service_code: ServiceCode,
    day: date,
    units: int,
    released: Reservation | None = None,
) -> Authorization | None:
    """The first candidate with enough units left, else the first candidate, else None.

    `released` is a reservation that the same write releases first, as when an appointment moves.
    """
    found = candidates(actor, patient=patient, service_code=service_code, day=day)
    is_enough = _has_left(units)
    if released is not None:
        is_enough |= Q(pk=released.authorization_id) & _has_left(units - released.units)
    enough_first = Case(When(is_enough, then=0), default=1, output_field=IntegerField())
    return found.order_by(enough_first, *THE_BEST_FIRST).first()


def _has_left(units: int) -> Q:
    return Q(total_units__gte=F("used_units") + F("reserved_units") + units)
