"""What makes a method of a resource an endpoint: its verb, what it takes, what it answers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

from django.utils.http import http_date
from django_filters import FilterSet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import Input

Call = TypeVar("Call", bound=Callable[..., Any])


def creates(
    verb: str, takes: type[Input], *, answers: type[serializers.BaseSerializer] | None = None
) -> Callable[[Call], Call]:
    """`create(self, **fields)`: POST to the list; answers 201."""
    return _endpoint(verb, takes=takes, answers=answers, status=201)


def updates(verb: str, takes: type[Input]) -> Callable[[Call], Call]:
    """`partial_update(self, row, **fields)`: PATCH; what is not named stays as it is."""
    return _endpoint(verb, takes=takes, of_one=True, keeps=True)


def removes(verb: str) -> Callable[[Call], Call]:
    """`destroy(self, row)`: DELETE; answers 204."""
    return _endpoint(verb, of_one=True, status=204)


def does(
    verb: str,
    takes: type[Input] | None = None,
    *,
    answers: type[serializers.BaseSerializer] | None = None,
    of_one: bool = True,
    status: int = 200,
    reads: bool = False,
    path: str | None = None,
    at: Any = None,
) -> Callable[[Call], Call]:
    """`deed(self, row, **fields)`: POST to `/{id}/deed`. One that `reads` writes nothing.

    `at` is the part that `shows` gives: this POST is to its address.
    """

    def decorate(call: Call) -> Call:
        url_path = path or call.__name__.replace("_", "-")
        endpoint = _endpoint(
            verb, takes=takes, answers=answers, of_one=of_one, status=status, reads=reads
        )(call)
        if at is not None:
            return at.mapping.post(endpoint)
        return action(detail=of_one, methods=["post"], url_path=url_path)(endpoint)

    return decorate


def shows(
    verb: str,
    answers: type[serializers.BaseSerializer],
    *,
    takes: type[Input] = Input,
    pages: bool = False,
    filters: type[FilterSet] | None = None,
    ordering: Mapping[str, str] = {},
    path: str | None = None,
) -> Callable[[Call], Call]:
    """`part(self, row, **query)`: GET `/{id}/part`; with `pages` it returns a QuerySet.

    `filters` and `ordering` are of the pages, beside what the method itself takes.
    """

    def decorate(call: Call) -> Call:
        url_path = path or call.__name__.replace("_", "-")
        endpoint = _endpoint(
            verb,
            takes=takes,
            answers=answers,
            of_one=True,
            reads=True,
            pages=pages,
            filters=filters,
            ordering=ordering,
        )
        return action(detail=True, methods=["get"], url_path=url_path)(endpoint(call))

    return decorate


def _endpoint(
    verb: str,
    *,
    takes: type[Input] | None = None,
    answers: type[serializers.BaseSerializer] | None = None,
    of_one: bool = False,
    keeps: bool = False,
    status: int = 200,
    reads: bool = False,
    pages: bool = False,
    filters: type[FilterSet] | None = None,
    ordering: Mapping[str, str] = {},
) -> Callable[[Call], Call]:
    def decorate(call: Call) -> Call:
        @functools.wraps(call)
        def endpoint(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
            row = [self.get_object()] if of_one else []
            fields = self.read(takes or Input, partial=keeps)
            if row and reads:
                self.seen(row[0])
            result = call(self, *row, **fields)
            if keeps:
                self.seen_unchanged(row[0], result)
            return self.answer(result, answers, status)

        endpoint.verb, endpoint.reads = verb, reads  # type: ignore[attr-defined]
        endpoint.takes, endpoint.answers = takes, answers  # type: ignore[attr-defined]
        endpoint.status, endpoint.pages = status, pages  # type: ignore[attr-defined]
        endpoint.filters, endpoint.ordering = filters, ordering  # type: ignore[attr-defined]
        return endpoint  # type: ignore[return-value]

    return decorate


@dataclass(frozen=True)
class Deprecation:
    """When an endpoint or a field was deprecated, until when it works, and what to use instead."""

    since: date
    until: date
    instead: str

    @property
    def words(self) -> str:
        return f"Works until {self.until:%-d %B %Y}. Use {self.instead} instead."

    @property
    def headers(self) -> dict[str, str]:
        """RFC 9745 and RFC 8594."""
        since, until = (
            datetime.combine(day, time.min, UTC).timestamp() for day in (self.since, self.until)
        )
        return {"Deprecation": f"@{since:.0f}", "Sunset": http_date(until)}


def deprecations(fields: Any) -> Mapping[str, Deprecation]:
    """Of an input's or an output's fields, by their names: its `Meta.deprecations`."""
    found: Mapping[str, Deprecation] = getattr(getattr(fields, "Meta", None), "deprecations", {})
    return found


def deprecated(*, since: date, until: date, instead: str) -> Callable[[Call], Call]:
    """Above the decorator that makes the endpoint: it goes on working until `until`."""

    def mark(endpoint: Call) -> Call:
        endpoint.deprecation = Deprecation(since, until, instead)  # type: ignore[attr-defined]
        return endpoint

    return mark
