"""Units held and ended from outside: by a program or a page, for what is nothing of ours.

A source of a kind that an app has registered is moved by that app alone, together with what it
names; the app calls `ledger` itself. Each function here is the ledger's of the same name, and
raises `held_by_<kind>` besides what that raises.
"""

from __future__ import annotations

from typing import Any

from accounts.actor import Actor
from accounts.writes.transaction import write
from billing import errors, sources
from billing.ledger import services as ledger
from billing.models import Authorization, LedgerEntry, Reservation


@write("unit.reserve")
def reserve(
    *, actor: Actor, authorization: Authorization, source: str, **wanted: Any
) -> Reservation:
    _refuse_owned(source, field="source")
    return ledger.reserve(actor=actor, authorization=authorization, source=source, **wanted)


@write("unit.release")
def release(*, actor: Actor, reservation: Reservation, reason: str = "") -> LedgerEntry:
    _refuse_owned(reservation.source)
    return ledger.release(actor=actor, reservation=reservation, reason=reason)


@write("unit.consume")
def consume(*, actor: Actor, reservation: Reservation, units: int) -> LedgerEntry:
    _refuse_owned(reservation.source)
    return ledger.consume(actor=actor, reservation=reservation, units=units)


@write("unit.reverse")
def reverse(*, actor: Actor, reservation: Reservation, reason: str) -> LedgerEntry:
    _refuse_owned(reservation.source)
    return ledger.reverse(actor=actor, reservation=reservation, reason=reason)


def _refuse_owned(source: str, *, field: str | None = None) -> None:
    if owner := sources.owner_of(source):
        raise errors.held_by_its_owner(owner, source, field=field)
