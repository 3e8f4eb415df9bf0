"""Inserts new rows in one statement: thousands for an import, or the few of a request."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from django.db import connection, models
from psycopg import sql
from psycopg.types.json import Jsonb

MAX_ROWS_PER_INSERT = 1000  # an INSERT has at most 65,535 parameters


def insert(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model by COPY, several times as fast as `bulk_create`.

    Constraints and triggers are in force. Rows without an id get the table's next ones. Raises
    IntegrityError.
    """
    if not rows:
        return
    model = type(rows[0])
    columns = [field for field in model._meta.concrete_fields if not field.generated]
    without_id = [row for row in rows if row.pk is None]
    for row, number in zip(without_id, next_ids(model, len(without_id)), strict=True):
        row.pk = number
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(sql.Identifier(str(field.column)) for field in columns),
    )
    values = attrgetter(*(field.attname for field in columns))
    documents = [i for i, field in enumerate(columns) if isinstance(field, models.JSONField)]
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(statement) as copy,
    ):
        for row in rows:
            copy.write_row(_adapted(values(row), documents) if documents else values(row))
    for row in rows:
        row._state.adding = False


def insert_few(*rows: models.Model) -> None:
    """Insert new rows of one model by an INSERT that is composed once and then only sent.

    `Model.save` composes it anew for each row. No signals are sent. The rows have their ids
    already, or get them here: all alike. Raises IntegrityError.
    """
    for first in range(0, len(rows), MAX_ROWS_PER_INSERT):
        _insert(rows[first : first + MAX_ROWS_PER_INSERT])


def _insert(rows: Sequence[models.Model]) -> None:
    columns, statement = _insertion(type(rows[0]), len(rows), rows[0].pk is not None)
    values = [
        field.get_db_prep_save(field.pre_save(row, add=True), connection)
        for row in rows
        for field in columns
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        for row, (pk,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = pk
            row._state.adding, row._state.db = False, connection.alias


@functools.lru_cache(maxsize=200)
def _insertion(
    model: type[models.Model], count: int, has_id: bool
) -> tuple[list[models.Field[Any, Any]], str]:
    quote = connection.ops.quote_name
    stored = [field for field in model._meta.concrete_fields if not field.generated]
    columns = [field for field in stored if has_id or not field.primary_key]
    names = ", ".join(quote(str(field.column)) for field in columns)
    row = f"({', '.join(['%s'] * len(columns))})"
    return columns, (
        f"INSERT INTO {quote(model._meta.db_table)} ({names})"
        f" VALUES {', '.join([row] * count)} RETURNING {quote('id')}"
    )


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """Ids from the table's sequence, for rows that are inserted later."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [int(row[0]) for row in cursor.fetchall()]


def _adapted(values: tuple[Any, ...], documents: list[int]) -> list[Any]:
    adapted = list(values)
    for i in documents:
        adapted[i] = Jsonb(adapted[i])
    return adapted
