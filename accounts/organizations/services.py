"""Clinics."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import TypedDict, Unpack

from django.conf import settings

from accounts.actor import Actor
from accounts.errors import Conflict, Invalid, translates
from accounts.models import Organization
from accounts.writes import events, fields
from accounts.writes.rows import change, locked, refuse_stale, tidy
from accounts.writes.transaction import write


class OrganizationFields(TypedDict, total=False):
    time_zone: str
    currency: str
    npi: str
    tax_id: str
    taxonomy: str
    phone: str
    address_line1: str
    address_line2: str
    city: str
    region: str
    postal_code: str
    opens_at: time
    closes_at: time
    idle_minutes: int
    late_cancellation_hours: int
    patients_may_cancel: bool


class OrganizationChanges(OrganizationFields, total=False):
    name: str
    is_active: bool


@write("organization.create")
def create(
    *, actor: Actor, name: str, slug: str, **details: Unpack[OrganizationFields]
) -> Organization:
    """Create a clinic, as `Actor.founder`: no actor of the clinic exists yet.

    Raises Invalid, Conflict `slug_taken`.
    """
    values = {"idle_minutes": settings.STAFF_IDLE_MINUTES, **tidy(details)}
    clinic = Organization(name=name.strip(), slug=slug.strip(), **values)
    _check(clinic)
    clinic.save(force_insert=True)
    events.record(
        actor=replace(actor, organization=clinic), action="organization.created", obj=clinic
    )
    return clinic


@write("organization.update")
def update(
    *, actor: Actor, expected_digest: str = "", **details: Unpack[OrganizationChanges]
) -> Organization:
    """Change the actor's own clinic; `expected_digest` is of what the page showed.

    Raises Invalid, Conflict `stale`.
    """
    clinic = locked(Organization.objects.all(), actor.organization)
    refuse_stale(clinic, details, expected_digest)
    return change(actor=actor, row=clinic, to=details, action="organization.updated", check=_check)


def _check(clinic: Organization) -> None:
    fields.check(clinic)
    if clinic.closes_at <= clinic.opens_at:
        raise closes_before_opening()
    if Organization.objects.filter(slug=clinic.slug).exclude(pk=clinic.pk).exists():
        raise slug_taken()


@translates("organization_closes_after_opening")
def closes_before_opening() -> Invalid:
    return Invalid("The clinic must close after it opens.", field="closes_at")


@translates("accounts_organization_slug_key")
def slug_taken() -> Conflict:
    return Conflict(
        "Another clinic has this short name in its address. Choose another.",
        code="slug_taken",
        field="slug",
    )
