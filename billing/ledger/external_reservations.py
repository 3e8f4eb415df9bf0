"""Reservations that other programs make, consume and release, for records outside Caretally.

Units whose source is of a kind that one of our apps has registered (`billing.sources`) are moved
only by that app, together with the record that the source names; the app calls `ledger` itself.
Each function does what the ledger's function of the same name does, and raises Conflict
`held_by_<kind>` in addition.
"""

from __future__ import annotations

from typing import Any

from accounts.actor import Actor
from accounts.writes.transaction import write
from billing import sources
from billing.ledger import errors
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
        raise errors.source_has_owner(owner, source, field=field)
