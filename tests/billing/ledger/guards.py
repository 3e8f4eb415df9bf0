"""Raw SQL against the database's own guards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from billing.models import Authorization

ENTRY = """
INSERT INTO billing_ledgerentry (organization_id, authorization_id, number, kind, units,
    total_delta, used_delta, reserved_delta, total_after, used_after, reserved_after,
    reservation_id, source, reason, request_id, at)
VALUES (%(organization)s, %(authorization)s, %(number)s, %(kind)s, 1,
    %(total)s, %(used)s, %(reserved)s, %(total_after)s, %(used_after)s, %(reserved_after)s,
    %(reservation)s, '', %(reason)s, '', now())
"""


def run(sql: str, values: Any = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def run_to_commit(statements: Iterable[tuple[str, Any]]) -> None:
    for sql, values in statements:
        run(sql, values)
    run("SET CONSTRAINTS ALL IMMEDIATE")


def refused_by(constraint: str, *statements: tuple[str, Any]) -> IntegrityError:
    """The statements are refused, at once or at commit, by this constraint."""
    run("SET CONSTRAINTS ALL IMMEDIATE")  # what the test's own rows left to the commit
    run("SET CONSTRAINTS ALL DEFERRED")
    with pytest.raises(IntegrityError) as raised, transaction.atomic():
        run_to_commit(statements)
    cause: Any = raised.value.__cause__
    assert cause.diag.constraint_name == constraint, str(raised.value)
    return raised.value


def entry(authorization: Authorization, **changed: Any) -> tuple[str, dict[str, Any]]:
    return ENTRY, {
        "organization": authorization.organization_id,
        "authorization": authorization.pk,
        "number": authorization.entry_count + 1,
        "kind": "grant",
        "total": 1,
        "used": 0,
        "reserved": 0,
        "total_after": authorization.total_units + 1,
        "used_after": authorization.used_units,
        "reserved_after": authorization.reserved_units,
        "reservation": None,
        "reason": "",
        **changed,
    }


RESERVATION = """
INSERT INTO billing_reservation (organization_id, authorization_id, service_code_id, units,
    date_of_service, source, state, created_at)
VALUES (%(organization)s, %(authorization)s, %(service_code)s, %(units)s, %(day)s, 'x', 'active',
    now())
"""


def reservation(owner: Authorization, **changed: Any) -> tuple[str, dict[str, Any]]:
    return RESERVATION, {
        "organization": owner.organization_id,
        "authorization": owner.pk,
        "units": 1,
        "day": owner.start_date,
        **changed,
    }


def balance(authorization: Authorization, change: str) -> tuple[str, list[int]]:
    return f"UPDATE billing_authorization SET {change} WHERE id = %s", [authorization.pk]
