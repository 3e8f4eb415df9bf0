"""Payers: the insurers that a clinic deals with."""

from __future__ import annotations

from typing import TypedDict, Unpack

from accounts.actor import Actor
from accounts.errors import Conflict, DomainError, translates
from accounts.writes import events, fields
from accounts.writes.rows import change, locked, refuse_stale
from accounts.writes.transaction import write
from billing import access
from billing.models import Payer


class Details(TypedDict, total=False):
    name: str
    payer_id: str
    phone: str


@write("payer.create")
def create(
    *, actor: Actor, name: str, payer_id: str = "", phone: str = "", external_id: str = ""
) -> Payer:
    """Add a payer. Raises Invalid, Conflict `payer_exists`."""
    payer = Payer(
        organization=actor.organization,
        name=name.strip(),
        payer_id=payer_id.strip(),
        phone=phone.strip(),
        external_id=external_id,
    )
    fields.check(payer)
    _check_name(actor, payer.name)
    payer.save(force_insert=True)
    events.record(actor=actor, action="payer.created", obj=payer, name=payer.name)
    return payer


@write("payer.update")
def update(
    *, actor: Actor, payer: Payer, expected_digest: str = "", **details: Unpack[Details]
) -> Payer:
    """Change the given details. `expected_digest` is the digest of the row that the page showed.

    Raises NotFound, Invalid, Conflict `payer_exists`, `stale`.
    """
    current = locked(access.payers(actor), payer)
    refuse_stale(current, details, expected_digest)
    if "name" in details:
        _check_name(actor, details["name"], exclude=current)
    return change(actor=actor, row=current, to=details, action="payer.updated")


@write("payer.deactivate")
def deactivate(*, actor: Actor, payer: Payer) -> Payer:
    """Stop offering the payer for new policies; the policies that name it stay as they are.

    Raises Conflict `payer_not_changed`.
    """
    return _set_active(actor, payer, is_active=False, action="payer.deactivated")


@write("payer.reactivate")
def reactivate(*, actor: Actor, payer: Payer) -> Payer:
    """Offer the payer for new policies again. Raises Conflict `payer_not_changed`."""
    return _set_active(actor, payer, is_active=True, action="payer.reactivated")


def _set_active(actor: Actor, payer: Payer, *, is_active: bool, action: str) -> Payer:
    current = locked(access.payers(actor), payer)
    if current.is_active == is_active:
        state = "active" if is_active else "inactive"
        raise Conflict(f"{current.name} is already {state}.", code="payer_not_changed")
    current.is_active = is_active
    current.save(update_fields=["is_active"])
    events.record(actor=actor, action=action, obj=current)
    return current


def _check_name(actor: Actor, name: str, *, exclude: Payer | None = None) -> None:
    others = access.payers(actor).filter(name__iexact=name.strip())
    if exclude:
        others = others.exclude(pk=exclude.pk)
    if others.exists():
        raise payer_exists()


@translates("payer_name_once")
def payer_exists() -> DomainError:
    return Conflict("A payer with this name already exists.", code="payer_exists", field="name")
