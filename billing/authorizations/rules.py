"""What must hold for the terms of an authorization, each condition raising its error."""

from __future__ import annotations

from accounts.actor import Actor
from accounts.errors import Conflict, DomainError, Invalid, NotFound, translates
from accounts.writes import fields
from billing import access
from billing.ledger import errors
from billing.ledger import services as ledger
from billing.models import Authorization, AuthorizedService, ServiceCode


def check_terms(authorization: Authorization, covered: list[ServiceCode]) -> None:
    fields.check(authorization)
    if authorization.end_date < authorization.start_date:
        raise Invalid("The end date is before the start date.", field="end_date")
    for name in ("cap_per_day", "cap_per_week", "cap_per_month"):
        cap = getattr(authorization, name)
        if cap is not None:
            ledger.check_range(cap, lowest=1, field=name)
    _check_number(authorization, covered)


def _check_number(authorization: Authorization, covered: list[ServiceCode]) -> None:
    same = AuthorizedService.objects.filter(
        payer=authorization.payer_id,
        number=authorization.number,
        service_code__in=covered,
        start_date__lte=authorization.end_date,
        end_date__gte=authorization.start_date,
    ).exclude(authorization=authorization.pk)
    if same.exclude(status=Authorization.Status.CANCELLED).exists():
        raise number_taken()


def check_services(actor: Actor, covered: list[ServiceCode]) -> None:
    if not covered:
        raise Invalid("Choose at least one service.", field="service_codes")
    known = access.service_codes(actor).filter(pk__in=[code.pk for code in covered]).count()
    if known != len(covered):
        raise NotFound("Choose services of this clinic.", field="service_codes")


def refuse_reservations_outside_dates(authorization: Authorization) -> None:
    outside = authorization.reservations.active().exclude(
        date_of_service__range=(authorization.start_date, authorization.end_date)
    )
    if count := outside.count():
        units = sum(outside.values_list("units", flat=True))
        raise Conflict(
            f"{errors.count(units)} are reserved for dates of service outside the new dates "
            f"({count} in all). Cancel or move what they are reserved for first.",
            code="reservations_outside",
            field="end_date",
            held=count,
            units=units,
        )


def refuse_removing_reserved_services(
    authorization: Authorization, covered: list[ServiceCode]
) -> None:
    reserved = authorization.reservations.active().exclude(service_code__in=covered)
    if first := reserved.select_related("service_code").first():
        raise Conflict(
            f"Units are reserved for {first.service_code.full_code}. "
            "Cancel or move what they are reserved for first.",
            code="service_reserved",
            field="service_codes",
            service=first.service_code.full_code,
        )


@translates("authorization_number_once")
def number_taken() -> DomainError:
    return Conflict(
        "This payer's authorization number is already in use for that service in these dates.",
        code="authorization_number_taken",
        field="number",
    )


@translates("authorization_of_its_policy")
def not_of_the_policy() -> DomainError:
    return Conflict(
        "An authorization must have the patient and the payer of its policy, which has changed "
        "meanwhile. Check the policy, then try again.",
        code="policy_in_use",
        field="policy",
    )
