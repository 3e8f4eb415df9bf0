"""The SQL of the ledger: each movement is one statement.

It updates the balance only where that stays lawful, and writes the reservation, the entry and the
event from what was updated, so that no read can be stale and the hot row is locked only from here
to the commit. No row back means refused: the caller finds out why.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from accounts.actor import Actor
from accounts.models import Event
from billing.models import LedgerEntry

_COLUMNS = [str(field.column) for field in LedgerEntry._meta.concrete_fields]
_FIELDS = [field.attname for field in LedgerEntry._meta.concrete_fields]

_TOLD = [field for field in Event._meta.concrete_fields if not field.primary_key]


def _told(field: Any) -> str:
    """The event's values are given; its details get the figures that only the database knows."""
    given = f"%(event_{field.attname})s"
    if field.attname != "details":
        return given
    available = "total_after - used_after - reserved_after"
    return f"{given} || jsonb_build_object('entry', number, 'available', {available})"


_ENTRY = f"""
, entry AS (
    INSERT INTO billing_ledgerentry (
        organization_id, authorization_id, number, kind, units,
        total_delta, used_delta, reserved_delta, total_after, used_after, reserved_after,
        reservation_id, date_of_service, source, reason, actor_id, request_id, at)
    SELECT moved.organization_id, moved.id, moved.entry_count, {{kind}}, {{units}},
           {{total}}, {{used}}, {{reserved}},
           moved.total_units, moved.used_units, moved.reserved_units,
           {{reservation}}, {{day}}, {{source}},
           %(reason)s, %(actor)s, %(request)s, clock_timestamp()
      FROM {{origin}}
    RETURNING {", ".join(_COLUMNS)}
), told AS (
    INSERT INTO accounts_event ({", ".join(str(field.column) for field in _TOLD)})
    SELECT {", ".join(map(_told, _TOLD))} FROM entry
)
SELECT {", ".join(_COLUMNS)} FROM entry
"""

_RETURNING = "RETURNING id, organization_id, entry_count, total_units, used_units, reserved_units"

GRANT_OR_ADJUST = f"""
WITH moved AS (
    UPDATE billing_authorization
       SET total_units = total_units + %(units)s, entry_count = entry_count + 1
     WHERE id = %(authorization)s AND organization_id = %(organization)s
       AND total_units + %(units)s >= used_units + reserved_units
    {_RETURNING}
)
""" + _ENTRY.format(
    kind="%(kind)s",
    units="%(units)s",
    total="%(units)s",
    used="0",
    reserved="0",
    reservation="NULL::bigint",
    day="NULL::date",
    source="''",
    origin="moved",
)

RESERVE = f"""
WITH moved AS (
    UPDATE billing_authorization
       SET reserved_units = reserved_units + %(units)s, entry_count = entry_count + 1
     WHERE id = %(authorization)s AND organization_id = %(organization)s
       AND patient_id = %(patient)s
       AND status = 'active'
       AND %(day)s BETWEEN start_date AND end_date
       AND total_units - used_units - reserved_units >= %(units)s
       AND EXISTS (SELECT 1 FROM billing_authorizedservice
                    WHERE authorization_id = %(authorization)s AND service_code_id = %(service)s)
    {_RETURNING}
), held AS (
    INSERT INTO billing_reservation (
        organization_id, authorization_id, service_code_id, units, date_of_service, source, state,
        expires_at, created_at)
    SELECT organization_id, id, %(service)s, %(units)s, %(day)s, %(source)s, 'active',
           %(expires)s, clock_timestamp()
      FROM moved
    RETURNING id AS reservation_id
)
""" + _ENTRY.format(
    kind="'reserve'",
    units="%(units)s",
    total="0",
    used="0",
    reserved="%(units)s",
    reservation="held.reservation_id",
    day="%(day)s",
    source="%(source)s",
    origin="moved, held",
)

# The reservation's row is taken first and the balance is updated from it, in every movement that
# ends one: two of them queue on the reservation, and the second finds it ended. Whoever has to hold
# the balance before the statement takes the reservation, or what it is held for, before that.
_END = """
WITH ended AS (
    UPDATE billing_reservation
       SET state = {state}, ended_at = clock_timestamp(), consumed_units = {consumed}
     WHERE id = %(reservation)s AND organization_id = %(organization)s AND state = 'active'
    RETURNING id AS reservation_id, authorization_id, units AS held, date_of_service, source
), moved AS (
    UPDATE billing_authorization
       SET reserved_units = reserved_units - ended.held,
           used_units = used_units + {used},
           entry_count = entry_count + 1
      FROM ended
     WHERE id = ended.authorization_id
       AND total_units - used_units - reserved_units + ended.held >= {used}
    RETURNING id, organization_id, entry_count, total_units, used_units, reserved_units,
              ended.reservation_id, ended.held, ended.date_of_service, ended.source
)
"""

END_WITHOUT_USE = _END.format(
    state="%(state)s", consumed="NULL::integer", used="0"
) + _ENTRY.format(
    kind="%(kind)s",
    units="moved.held",
    total="0",
    used="0",
    reserved="-moved.held",
    reservation="moved.reservation_id",
    day="moved.date_of_service",
    source="moved.source",
    origin="moved",
)

CONSUME = _END.format(state="'consumed'", consumed="%(units)s", used="%(units)s") + _ENTRY.format(
    kind="'consume'",
    units="%(units)s",
    total="0",
    used="%(units)s",
    reserved="-moved.held",
    reservation="moved.reservation_id",
    day="moved.date_of_service",
    source="moved.source",
    origin="moved",
)

REVERSE = """
WITH ended AS (
    UPDATE billing_reservation
       SET state = 'reversed'
     WHERE id = %(reservation)s AND organization_id = %(organization)s AND state = 'consumed'
    RETURNING id AS reservation_id, authorization_id, consumed_units, date_of_service, source
), moved AS (
    UPDATE billing_authorization
       SET used_units = used_units - ended.consumed_units, entry_count = entry_count + 1
      FROM ended
     WHERE id = ended.authorization_id
    RETURNING id, organization_id, entry_count, total_units, used_units, reserved_units,
              ended.reservation_id, ended.consumed_units, ended.date_of_service, ended.source
)
""" + _ENTRY.format(
    kind="'reverse'",
    units="moved.consumed_units",
    total="0",
    used="-moved.consumed_units",
    reserved="0",
    reservation="moved.reservation_id",
    day="moved.date_of_service",
    source="moved.source",
    origin="moved",
)


def move(
    sql: str, *, actor: Actor, event: Event, reason: str = "", **values: Any
) -> LedgerEntry | None:
    """Run one movement and return its entry. `event` is told with the entry's number and balance.

    None means that the movement's conditions did not hold. The caller must then raise, so that the
    transaction takes back the half that may have been done.
    """
    parameters = {
        **values,
        "organization": actor.organization.pk,
        "reason": reason,
        "actor": actor.user.pk if actor.user else None,
        "request": actor.request_id,
        **{f"event_{field.attname}": _prepared(field, event) for field in _TOLD},
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        row = cursor.fetchone()
    return LedgerEntry.from_db(connection.alias, _FIELDS, row) if row else None


def _prepared(field: Any, event: Event) -> Any:
    return field.get_db_prep_save(getattr(event, field.attname), connection)
