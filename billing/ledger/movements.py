"""The SQL of the ledger: each movement is one statement.

It updates the balance only if the result is allowed, and writes the reservation, the entry and the
event from the updated row. So no value can be stale, and the authorization's row, which many
writes need, is locked only from here to the commit. If no row is returned, the movement was
refused, and the caller finds out why.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from accounts.actor import Actor
from accounts.models import Event
from billing.models import LedgerEntry

_COLUMNS = [str(field.column) for field in LedgerEntry._meta.concrete_fields]
_FIELDS = [field.attname for field in LedgerEntry._meta.concrete_fields]

_EVENT_FIELDS = [field for field in Event._meta.concrete_fields if not field.primary_key]


def _event_value(field: Any) -> str:
    """The SQL of a column's value. The details get the figures that only the database knows."""
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
), event AS (
    INSERT INTO accounts_event ({", ".join(str(field.column) for field in _EVENT_FIELDS)})
    SELECT {", ".join(map(_event_value, _EVENT_FIELDS))} FROM entry
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
), reservation AS (
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
    reservation="reservation.reservation_id",
    day="%(day)s",
    source="%(source)s",
    origin="moved, reservation",
)

# Every movement that ends a reservation locks the reservation's row first and the authorization's
# after it: of two such movements the second waits for the reservation and then finds it ended. Code
# that must lock the authorization before the statement first locks the reservation, or the record
# that it is for.
_END = """
WITH ended AS (
    UPDATE billing_reservation
       SET state = {state}, ended_at = clock_timestamp(), consumed_units = {consumed}
     WHERE id = %(reservation)s AND organization_id = %(organization)s AND state = 'active'
    RETURNING id AS reservation_id, authorization_id, units AS reserved, date_of_service, source
), moved AS (
    UPDATE billing_authorization
       SET reserved_units = reserved_units - ended.reserved,
           used_units = used_units + {used},
           entry_count = entry_count + 1
      FROM ended
     WHERE id = ended.authorization_id
       AND total_units - used_units - reserved_units + ended.reserved >= {used}
    RETURNING id, organization_id, entry_count, total_units, used_units, reserved_units,
              ended.reservation_id, ended.reserved, ended.date_of_service, ended.source
)
"""

END_WITHOUT_USE = _END.format(
    state="%(state)s", consumed="NULL::integer", used="0"
) + _ENTRY.format(
    kind="%(kind)s",
    units="moved.reserved",
    total="0",
    used="0",
    reserved="-moved.reserved",
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
    reserved="-moved.reserved",
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
    """Run one movement and return its entry. `event` gets the entry's number and balance.

    Returns None if a condition of the movement was not met. The caller must then raise, so that the
    transaction rolls back the part of it that may have been done.
    """
    parameters = {
        **values,
        "organization": actor.organization.pk,
        "reason": reason,
        "actor": actor.user.pk if actor.user else None,
        "request": actor.request_id,
        **{f"event_{field.attname}": _database_value(field, event) for field in _EVENT_FIELDS},
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        row = cursor.fetchone()
    return LedgerEntry.from_db(connection.alias, _FIELDS, row) if row else None


def _database_value(field: Any, event: Event) -> Any:
    return field.get_db_prep_save(getattr(event, field.attname), connection)
