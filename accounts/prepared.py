"""Queries whose SQL is compiled once per process.

For one row by its id, compiling SQL takes the ORM longer than the query takes the database. Here it
is compiled at the first run, with a `Param` in the place of each value; later runs only send new
values. This uses undocumented parts of Django, as they are in DJANGO_VERSION.
"""

from __future__ import annotations

import copy
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

DJANGO_VERSION = (5, 2)

M = TypeVar("M", bound=Model)
Rows = Callable[[Actor], QuerySet[Any]]


class Param(Expression):
    """The place of a value that is given at each run, such as a row's id."""

    def __init__(self, name: str) -> None:
        super().__init__(output_field=Field())
        self.name = name

    @property
    def pk(self) -> Param:
        return self

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


class OrganizationParam(Param):
    def today(self) -> Param:
        return Param("today")


class PreparedQuery(Generic[M]):
    """A QuerySet compiled once: `PreparedQuery(lambda: Payer.objects.filter(pk=Param("pk")))`.

    The lambda's result is kept for the life of the process, so everything that changes must be a
    `Param`.
    """

    def __init__(self, rows: Callable[[], QuerySet[M]]) -> None:
        self._rows = rows

    def first(self, **given: Any) -> M | None:
        found = self.all(**given)
        return found[0] if found else None

    def all(self, **given: Any) -> list[M]:
        if (query := self._query) is None:
            return []
        values = [given[one.name] if isinstance(one, Param) else one for one in query.values]
        with connection.cursor() as cursor:
            cursor.execute(query.sql, values)
            fetched = cursor.fetchall()
        found = [query.row(one) for one in query.converted(fetched)]
        if found:  # copies, since Django keeps a reference to the first row on them
            prefetch_related_objects(found, *copy.deepcopy(query.prefetches))
        return found

    @functools.cached_property
    def _query(self) -> _Query | None:
        """None where no row can match, whatever the values."""
        try:
            return _Query(self._rows())
        except EmptyResultSet:
            return None


class _Query:
    """The SQL, and how a row of its result becomes an object, as in Django's `ModelIterable`."""

    def __init__(self, rows: Any) -> None:
        compiler = rows.query.get_compiler(connection=connection)
        self.sql, self.values = compiler.as_sql()
        self.prefetches = rows._prefetch_related_lookups
        _refuse_what_would_stay(self.sql, self.values, refused=(date,))
        for other in [getattr(one, "queryset", None) for one in self.prefetches]:
            if other is not None:
                _refuse_what_would_stay(*other.query.sql_with_params(), refused=(date, Param))
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


def _refuse_what_would_stay(sql: str, values: Any, *, refused: Any) -> None:
    if found := [one for one in values if isinstance(one, refused)]:
        raise ValueError(f"{found[0]} would stay as it is now: {sql}")


def by_id(rows: Rows, actor: Actor, pk: int) -> Any | None:
    """The row of `rows(actor)` with this id; `rows` is a function of a module or class.

    The SQL of `rows` may depend on the actor's role and on whether a user acts. Everything else of
    the actor it may only compare with.
    """
    if not sees_whole_clinic(actor):
        return rows(actor).filter(pk=pk).order_by().first()
    return _by_id(rows, actor.role, actor.user is None).first(
        pk=pk,
        organization=actor.organization.pk,
        today=actor.organization.today(),
        user=actor.user.pk if actor.user else None,
        practitioner=actor.practitioner_id,
    )


@functools.cache
def _by_id(rows: Rows, role: Role, is_program: bool) -> PreparedQuery[Any]:
    given: dict[str, Any] = {
        "user": None if is_program else Param("user"),
        "organization": OrganizationParam("organization"),
        "practitioner_id": Param("practitioner"),
    }
    anybody = Actor(role=role, channel="", **given)
    return PreparedQuery(lambda: rows(anybody).filter(pk=Param("pk")).order_by())
