"""Finds out whether anything was written, without reading the rows."""

from __future__ import annotations

import functools
from collections.abc import Collection

from django.db import connection

# Having looked is no writing: a session's last use, a key's requests in a minute, and the trace
# that every view leaves.
WRITTEN_BY_READING = {"django_session", "usersessions_usersession", "accounts_apiusage"}
VIEWS = "action NOT IN ('patient.viewed', 'patient.listed', 'audit.exported')"
# Of this transaction, also what was taken back in it.
WRITES = "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"


class Snapshot:
    """All tables as they are now, within a transaction that goes on.

    It does not see TRUNCATE, nor what other connections write; no page here does either.
    """

    def __init__(self) -> None:
        self._fingerprint = fingerprint(_tables())
        self._writes = _writes()

    def is_unchanged(self) -> bool:
        """Looks only at the tables that were written to since it was last asked."""
        writes = _writes()
        written = {name for name, count in writes.items() if count != self._writes.get(name)}
        self._writes = writes
        found = fingerprint(written & set(self._fingerprint))
        if all(self._fingerprint[name] == value for name, value in found.items()):
            return True
        self._writes = {}  # what differs now differs until it is taken back
        return False


def _writes() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(WRITES)
        return {name: count for name, count in cursor.fetchall() if count}


def fingerprint(tables: Collection[str]) -> dict[str, str]:
    """The number and physical positions of each table's rows; an update moves a row."""
    if not tables:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(_of(name) for name in sorted(tables)))
        return dict(cursor.fetchall())


@functools.cache
def _tables() -> frozenset[str]:
    with connection.cursor() as cursor:
        names = set(connection.introspection.table_names(cursor)) - WRITTEN_BY_READING
    assert "accounts_event" in names
    return frozenset(names)


def _of(table: str) -> str:
    counted = VIEWS if table == "accounts_event" else "true"
    placed = "sum(hashtextextended(ctid::text || xmin::text, 0))"
    return f"SELECT '{table}', count(*) || ' ' || {placed} FROM \"{table}\" WHERE {counted}"
