"""Taking guards out of the database for a control, and putting them back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection

_CONSTRAINT = """
SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s
"""
_INDEX = "SELECT indexdef FROM pg_indexes WHERE indexname = %s"


@contextmanager
def taken_out(*names: str) -> Iterator[None]:
    """Constraints and unique indexes are gone meanwhile; so are all rows afterwards."""
    restore = [_take_out(name) for name in names]
    try:
        yield
    finally:
        call_command("flush", interactive=False, verbosity=0)
        with connection.cursor() as cursor:
            for sql in restore:
                cursor.execute(sql)


def _take_out(name: str) -> str:
    """Drop it; the statement that makes it anew."""
    with connection.cursor() as cursor:
        cursor.execute(_CONSTRAINT, [name])
        if constraint := cursor.fetchone():
            table, definition = constraint
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
            return f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'
        cursor.execute(_INDEX, [name])
        (definition,) = cursor.fetchone()
        cursor.execute(f'DROP INDEX "{name}"')
        return str(definition)
