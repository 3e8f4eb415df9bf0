"""Queries whose SQL is composed once and then only sent.

For one row by its id the ORM works longer on the SQL than the database on the answer, and composes
the same text for every request. Here it composes it the first time, with `Given` in the places of
the values, as other toolkits have bound parameters; from then on only the values change.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date
from typing import Any, Generic, TypeVar, cast

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Expression, Field, Model, QuerySet, prefetch_related_objects
from django.db.models.query import get_related_populators

from accounts.access import sees_whole_clinic
from accounts.actor import Actor
from accounts.roles import Role

M = TypeVar("M", bound=Model)
Rows = Callable[[Actor], QuerySet[Any]]


class Given(Expression):
    """The place of a value that comes with each run."""

    def __init__(self, name: str) -> None:
        super().__init__(output_field=Field())
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


class AnyOrganization(Given):
    """The clinic of whoever asks, in a query that is composed for all."""

    def __init__(self) -> None:
        super().__init__("organization")

    @property
    def pk(self) -> Given:
        return self

    def today(self) -> Given:
        return Given("today")


class Composed(Generic[M]):
    """A QuerySet, ready to be sent: `Composed(lambda: Payer.objects.filter(pk=Given("pk")))`.

    What the lambda gives is composed at the first run, and holds for the life of the process:
    everything that changes must be `Given`.
    """

    def __init__(self, rows: Callable[[], QuerySet[M]]) -> None:
        self._rows = rows

    def first(self, **given: Any) -> M | None:
        found = self.all(**given)
        return found[0] if found else None

    def all(self, **given: Any) -> list[M]:
        if (query := self._query) is None:
            return []
        values = [given[one.name] if isinstance(one, Given) else one for one in query.values]
        with connection.cursor() as cursor:
            cursor.execute(query.sql, values)
            fetched = cursor.fetchall()
        found = [query.row(one) for one in query.converted(fetched)]
        prefetch_related_objects(found, *query.prefetches)
        return found

    @functools.cached_property
    def _query(self) -> _Query | None:
        """None where there can be no row, whatever is given."""
        try:
            return _Query(self._rows())
        except EmptyResultSet:
            return None


class _Query:
    """The SQL, and how a row of its answer becomes an object, as `ModelIterable` does it."""

    def __init__(self, rows: Any) -> None:
        compiler = rows.query.get_compiler(connection=connection)
        self.sql, self.values = compiler.as_sql()
        if dated := [one for one in self.values if isinstance(one, date)]:
            raise ValueError(f"{dated[0]} would stay as it is now: {self.sql}")
        self.prefetches = rows._prefetch_related_lookups
        self._compiler = compiler
        self._converters = compiler.get_converters([column for column, *_ in compiler.select])
        about: Any = compiler.klass_info
        self._model, self._places = about["model"], about["select_fields"]
        self._fields = [compiler.select[place][0].target.attname for place in self._places]
        populators = cast(Any, get_related_populators)
        self._related = populators(about, compiler.select, connection.alias)
        self._annotations = compiler.annotation_col_map or {}

    def converted(self, rows: list[Any]) -> Any:
        return self._compiler.apply_converters(rows, self._converters) if self._converters else rows

    def row(self, values: Any) -> Any:
        found = self._model.from_db(
            connection.alias, self._fields, [values[place] for place in self._places]
        )
        for related in self._related:
            related.populate(values, found)
        for name, place in self._annotations.items():
            setattr(found, name, values[place])
        return found


def by_id(rows: Rows, actor: Actor, pk: int) -> Any | None:
    """The one of `rows(actor)` with this id; `rows` is a function of a module or of a class."""
    if not sees_whole_clinic(actor):
        return rows(actor).filter(pk=pk).order_by().first()
    return _by_id(rows, actor.role, actor.user is None).first(
        pk=pk,
        organization=actor.organization.pk,
        today=actor.organization.today(),
        user=actor.user.pk if actor.user else None,
    )


@functools.cache
def _by_id(rows: Rows, role: Role, is_program: bool) -> Composed[Any]:
    """For roles whose rows are the clinic's: what differs between two actors is `Given`."""
    user = None if is_program else Given("user")
    actor = Actor(
        user=cast(Any, user), organization=cast(Any, AnyOrganization()), role=role, channel=""
    )
    return Composed(lambda: rows(actor).filter(pk=Given("pk")).order_by())


def insert(*rows: Model) -> None:
    """Write new rows of one model by one statement; no signals are sent.

    They have their ids already, or get them now: all alike.
    """
    insertion = _insertion(type(rows[0]), rows[0].pk is not None)
    values = [
        field.get_db_prep_save(field.pre_save(row, add=True), connection)
        for row in rows
        for field in insertion.fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(insertion.sql(len(rows)), values)
        for row, (pk,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = pk
            row._state.adding, row._state.db = False, connection.alias


@functools.cache
def _insertion(model: type[Model], has_id: bool) -> _Insertion:
    return _Insertion(model, has_id)


class _Insertion:
    def __init__(self, model: type[Model], has_id: bool) -> None:
        stored = [one for one in model._meta.concrete_fields if not one.generated]
        self.fields = [one for one in stored if has_id or not one.primary_key]
        columns = ", ".join(str(one.column) for one in self.fields)
        self._row = f"({', '.join(['%s'] * len(self.fields))})"
        self._into = f"INSERT INTO {model._meta.db_table} ({columns}) VALUES "
        self._giving = f" RETURNING {model._meta.pk.column}"

    def sql(self, count: int) -> str:
        return self._into + ", ".join([self._row] * count) + self._giving
