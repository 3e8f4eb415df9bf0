"""Service codes: what the clinic renders, and how its minutes become units."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypedDict, Unpack

from accounts.actor import Actor
from accounts.errors import Conflict, DomainError, Invalid, translates
from accounts.writes import events, fields
from accounts.writes.rows import change, locked, refuse_stale, tidy
from accounts.writes.transaction import write
from billing import access
from billing.models import Rounding, ServiceCode

CMS_MINUTES_PER_UNIT = 15


class Terms(TypedDict, total=False):
    """The fields of a service code that an administrator decides."""

    code: str
    label: str
    modifiers: list[str]
    is_timed: bool
    minutes_per_unit: int
    rounding: str
    default_minutes: int
    default_rate: Decimal
    allows_concurrent: bool
    allows_group: bool
    is_active: bool


@write("service_code.create")
def create(*, actor: Actor, **terms: Unpack[Terms]) -> ServiceCode:
    """Add a service code. Raises Invalid, Conflict `service_code_exists`."""
    service_code = ServiceCode(organization=actor.organization, **_tidy(terms))
    _check(service_code)
    service_code.save(force_insert=True)
    events.record(
        actor=actor, action="service_code.created", obj=service_code, code=service_code.full_code
    )
    return service_code


@write("service_code.update")
def update(
    *, actor: Actor, service_code: ServiceCode, expected_digest: str = "", **terms: Unpack[Terms]
) -> ServiceCode:
    """Change the given terms. Units already reserved stay as they are.

    `expected_digest` is the digest of the row that the page showed. Raises Invalid,
    Conflict `service_code_exists`, `stale`.
    """
    current = locked(access.service_codes(actor), service_code)
    refuse_stale(current, terms, expected_digest)
    return change(
        actor=actor, row=current, to=_tidy(terms), action="service_code.updated", check=_check
    )


def _tidy(terms: Terms) -> dict[str, Any]:
    """Codes and modifiers in capitals, as they are billed."""
    wanted = tidy(terms)
    if "code" in wanted:
        wanted["code"] = wanted["code"].upper()
    if "modifiers" in wanted:
        wanted["modifiers"] = [modifier.strip().upper() for modifier in wanted["modifiers"]]
    return wanted


def _check(service_code: ServiceCode) -> None:
    fields.check(service_code)
    if len(set(service_code.modifiers)) < len(service_code.modifiers):
        raise Invalid("Each modifier can be used only once.", field="modifiers")
    is_quarter_hour = service_code.minutes_per_unit == CMS_MINUTES_PER_UNIT
    if service_code.rounding == Rounding.CMS and not is_quarter_hour:
        raise Invalid(
            "The CMS 8-minute rule counts units of 15 minutes. Set 15 minutes per unit, or choose "
            "another rounding.",
            field="minutes_per_unit",
        )
    same = ServiceCode.objects.filter(
        organization=service_code.organization_id,
        code=service_code.code,
        modifiers=service_code.modifiers,
    )
    if same.exclude(pk=service_code.pk).exists():
        raise service_code_exists()


@translates("service_code_once")
def service_code_exists() -> DomainError:
    return Conflict(
        "This code with these modifiers already exists.", code="service_code_exists", field="code"
    )
