"""Units that moved before the clinic came to Caretally, loaded many at once.

The rules are the ledger's: an entry for each movement, in the order of time, and no balance that
was ever beyond its total. What is written is as `services.ledger` would have written it; the
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
from billing import errors
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
    """`units` of an authorization that moved at an instant, by whom.

    The movements of one reservation share it: unsaved, as it is after the last of them.
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
    """Write the movements of any number of authorizations, each after what it has already.

    Movements at the same instant keep the order they are given in. Raises NotFound for another
    clinic's authorization, Invalid `in_the_future`, Conflict `out_of_order` for one before the last
    entry, NotEnoughUnits at the first that the balance of its time did not allow.
    """
    wanted = sorted(movements, key=attrgetter("authorization.pk", "at"))
    held = _locked(actor, {movement.authorization.pk for movement in wanted})
    now = timezone.now()
    reservations = _numbered(wanted)
    entries: list[LedgerEntry] = []
    for pk, own in groupby(wanted, key=attrgetter("authorization.pk")):
        entries += _entries(held[pk], list(own), now=now)
    bulk_insert.insert(reservations)
    bulk_insert.insert(entries)
    _move_balances(list(held))
    bulk_insert.insert([*map(_event, wanted, entries)])
    return entries


def _locked(actor: Actor, ids: set[int]) -> dict[int, Authorization]:
    rows = Authorization.objects.of(actor.organization).filter(pk__in=ids).order_by("pk")
    held = {row.pk: row for row in rows.select_for_update(no_key=True)}
    if held.keys() != ids:
        raise NotFound("Choose authorizations of this clinic.")
    return held


def _numbered(movements: list[Movement]) -> list[Reservation]:
    """The movements' reservations, each once, with the ids that their entries refer to."""
    shared = {id(one.reservation): one.reservation for one in movements if one.reservation}
    for reservation, number in zip(
        shared.values(), bulk_insert.next_ids(Reservation, len(shared)), strict=True
    ):
        reservation.pk = number
    return list(shared.values())


def _entries(
    authorization: Authorization, movements: list[Movement], *, now: datetime
) -> list[LedgerEntry]:
    """The entries of one authorization; its object carries the balance along."""
    last = authorization.entries.last() if authorization.entry_count else None
    if last and movements[0].at < last.at:
        raise Conflict(
            f"{authorization.number} has an entry of a later time already.", code="out_of_order"
        )
    if movements[-1].at > now:
        raise Invalid("A movement cannot lie in the future.", code="in_the_future", field="at")
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
    """What the movement does to total, used and reserved."""
    if movement.kind in (Kind.GRANT, Kind.ADJUST):
        return movement.units, 0, 0
    if movement.reservation is None:
        raise Invalid("Only grants and adjustments go without a reservation.", field="reservation")
    held = movement.reservation.units
    if movement.kind == Kind.RESERVE:
        return 0, 0, held
    if movement.kind == Kind.CONSUME:
        return 0, movement.units, -held
    if movement.kind in (Kind.RELEASE, Kind.EXPIRE):
        return 0, 0, -held
    raise Invalid("A reversal is a correction of today: it is not loaded.", field="kind")


def _move_balances(ids: list[int]) -> None:
    """Every balance becomes what its last entry says, in one statement."""
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
