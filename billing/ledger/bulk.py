"""Loads many past movements of units at once, from before the clinic used Caretally.

The ledger's rules apply: one entry for each movement, in order of time, and never more units used
and reserved than the total. The rows are those that `ledger.services` would have written; the
database checks every entry at commit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from django.db import connection
from django.utils import timezone

from accounts.actor import Actor
from accounts.errors import Conflict, Invalid, NotFound
from accounts.models import Event
from accounts.writes import bulk_insert, events
from accounts.writes.transaction import write
from billing.ledger import errors
from billing.models import Authorization, AuthorizedService, LedgerEntry, Reservation, ServiceCode

Kind = LedgerEntry.Kind

ACTIONS = {
    Kind.GRANT: "unit.granted",
    Kind.ADJUST: "unit.adjusted",
    Kind.RESERVE: "unit.reserved",
    Kind.RELEASE: "unit.released",
    Kind.CONSUME: "unit.consumed",
    Kind.EXPIRE: "unit.expired",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Movement:
    """A movement of `units` of an authorization, at the instant `at`, by the actor `by`.

    The movements of one reservation share the same unsaved object, in its state after the last.
    """

    authorization: Authorization
    kind: LedgerEntry.Kind
    units: int
    at: datetime
    by: Actor
    reservation: Reservation | None = None
    reason: str = ""


@write("unit.load")
def authorize(
    *, actor: Actor, authorizations: Iterable[tuple[Authorization, list[ServiceCode]]]
) -> None:
    """Insert authorizations without units, and the services that they cover."""
    found = list(authorizations)
    for authorization, _ in found:
        if authorization.organization_id != actor.organization.pk:
            raise NotFound("Choose authorizations of this clinic.")
    bulk_insert.insert([one for one, _ in found])
    # The table's trigger takes these from the authorization.
    copied = ("organization_id", "payer_id", "number", "start_date", "end_date", "status")
    bulk_insert.insert(
        [
            AuthorizedService(
                authorization=one,
                service_code=code,
                **{name: getattr(one, name) for name in copied},
            )
            for one, codes in found
            for code in codes
        ]
    )


@write("unit.load")
def load(*, actor: Actor, movements: Iterable[Movement]) -> list[LedgerEntry]:
    """Write the movements of any number of authorizations, after their existing entries.

    Movements at the same instant keep the order they are given in. Raises NotFound for another
    clinic's authorization, Invalid `in_the_future`, Conflict `out_of_order` for a movement before
    the last entry, NotEnoughUnits for the first one that the balance at its time does not allow.
    """
    wanted = sorted(movements, key=attrgetter("authorization.pk", "at"))
    locked = _lock_authorizations(actor, {movement.authorization.pk for movement in wanted})
    now = timezone.now()
    reservations = _with_ids(wanted)
    entries: list[LedgerEntry] = []
    for pk, own in groupby(wanted, key=attrgetter("authorization.pk")):
        entries += _entries(locked[pk], list(own), now=now)
    bulk_insert.insert(reservations)
    bulk_insert.insert(entries)
    _update_balances(list(locked))
    bulk_insert.insert([*map(_event, wanted, entries)])
    return entries


def _lock_authorizations(actor: Actor, ids: set[int]) -> dict[int, Authorization]:
    rows = Authorization.objects.of(actor.organization).filter(pk__in=ids).order_by("pk")
    locked = {row.pk: row for row in rows.select_for_update(no_key=True)}
    if locked.keys() != ids:
        raise NotFound("Choose authorizations of this clinic.")
    return locked


def _with_ids(movements: list[Movement]) -> list[Reservation]:
    """The movements' reservations, each once, with new ids for their entries to refer to."""
    shared = {id(one.reservation): one.reservation for one in movements if one.reservation}
    for reservation, number in zip(
        shared.values(), bulk_insert.next_ids(Reservation, len(shared)), strict=True
    ):
        reservation.pk = number
    return list(shared.values())


def _entries(
    authorization: Authorization, movements: list[Movement], *, now: datetime
) -> list[LedgerEntry]:
    """The entries of one authorization. Its object is updated to the balance after each."""
    last = authorization.entries.last() if authorization.entry_count else None
    if last and movements[0].at < last.at:
        raise Conflict(f"{authorization.number} already has a later entry.", code="out_of_order")
    if movements[-1].at > now:
        raise Invalid("A movement cannot be in the future.", code="in_the_future", field="at")
    return [_entry(authorization, movement) for movement in movements]


def _entry(authorization: Authorization, movement: Movement) -> LedgerEntry:
    total, used, reserved = _deltas(movement)
    if authorization.available_units + total - used - reserved < 0:
        raise errors.NotEnoughUnits.of(authorization, needed=used + reserved - total)
    authorization.total_units += total
    authorization.used_units += used
    authorization.reserved_units += reserved
    authorization.entry_count += 1
    reservation = movement.reservation
    return LedgerEntry(
        organization_id=authorization.organization_id,
        authorization_id=authorization.pk,
        number=authorization.entry_count,
        kind=movement.kind,
        units=movement.units,
        total_delta=total,
        used_delta=used,
        reserved_delta=reserved,
        total_after=authorization.total_units,
        used_after=authorization.used_units,
        reserved_after=authorization.reserved_units,
        reservation_id=reservation.pk if reservation else None,
        date_of_service=reservation.date_of_service if reservation else None,
        source=reservation.source if reservation else "",
        reason=movement.reason,
        actor_id=movement.by.user.pk if movement.by.user else None,
        request_id=movement.by.request_id,
        at=movement.at,
    )


def _deltas(movement: Movement) -> tuple[int, int, int]:
    """The changes of total, used and reserved units by the movement."""
    if movement.kind in (Kind.GRANT, Kind.ADJUST):
        return movement.units, 0, 0
    if movement.reservation is None:
        raise Invalid("Only grants and adjustments have no reservation.", field="reservation")
    reserved = movement.reservation.units
    if movement.kind == Kind.RESERVE:
        return 0, 0, reserved
    if movement.kind == Kind.CONSUME:
        return 0, movement.units, -reserved
    if movement.kind in (Kind.RELEASE, Kind.EXPIRE):
        return 0, 0, -reserved
    raise Invalid("A reversal cannot be loaded: it corrects the ledger today.", field="kind")


def _update_balances(ids: list[int]) -> None:
    """Set every balance to that of its last entry, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE billing_authorization AS a
               SET total_units = last.total_after, used_units = last.used_after,
                   reserved_units = last.reserved_after, entry_count = last.number
              FROM (SELECT DISTINCT ON (authorization_id) *
                      FROM billing_ledgerentry
                     WHERE authorization_id = ANY(%s)
                     ORDER BY authorization_id, number DESC) AS last
             WHERE a.id = last.authorization_id AND a.entry_count < last.number
            """,
            [ids],
        )


def _event(movement: Movement, entry: LedgerEntry) -> Event:
    event = events.describe(
        actor=movement.by,
        action=ACTIONS[movement.kind],
        obj=movement.authorization,
        patient=movement.authorization.patient,
        entry=entry.number,
        available=entry.available_after,
        units=movement.units,
        source=entry.source,
    )
    event.at = movement.at
    return event
