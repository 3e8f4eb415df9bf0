"""What makes a method of a resource an endpoint: its verb, what it takes, what it answers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from django_filters import FilterSet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.deprecation import Deprecation
from accounts.api.serializers import Input

Call = TypeVar("Call", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class EndpointSpec:
    """What an endpoint declares; the frame, the schema and the tests read it.

    `answers` is None where the answer is the row as the resource shows it. An endpoint that `reads`
    writes nothing, whatever its method. With `is_partial`, fields that the body does not name stay.
    With `is_paginated`, the answer has pages, to which `filters` and `ordering` (public name to
    model field) apply.
    """

    verb: str
    takes: type[Input] = Input
    answers: type[serializers.BaseSerializer] | None = None
    status: int = 200
    reads: bool = False
    is_of_one: bool = False
    is_partial: bool = False
    is_paginated: bool = False
    filters: type[FilterSet] | None = None
    ordering: Mapping[str, str] = field(default_factory=dict)
    deprecation: Deprecation | None = None

    @property
    def access(self) -> str:
        """The half of its area's scopes that the endpoint needs."""
        return "read" if self.reads else "write"


def creates(
    verb: str, takes: type[Input], *, answers: type[serializers.BaseSerializer] | None = None
) -> Callable[[Call], Call]:
    """`create(self, **fields)`: POST to the list; answers 201."""
    return _endpoint(EndpointSpec(verb=verb, takes=takes, answers=answers, status=201))


def updates(verb: str, takes: type[Input]) -> Callable[[Call], Call]:
    """`partial_update(self, row, **fields)`: PATCH; what is not named stays as it is."""
    return _endpoint(EndpointSpec(verb=verb, takes=takes, is_of_one=True, is_partial=True))


def removes(verb: str) -> Callable[[Call], Call]:
    """`destroy(self, row)`: DELETE; answers 204."""
    return _endpoint(EndpointSpec(verb=verb, is_of_one=True, status=204))


def does(
    verb: str,
    takes: type[Input] = Input,
    *,
    answers: type[serializers.BaseSerializer] | None = None,
    of_one: bool = True,
    status: int = 200,
    reads: bool = False,
    path: str | None = None,
    at: Any = None,
) -> Callable[[Call], Call]:
    """`action(self, row, **fields)`: POST to `/{id}/action`. One that `reads` writes nothing.

    `at` is the part that `shows` gives: this POST is to its address.
    """
    spec = EndpointSpec(
        verb=verb, takes=takes, answers=answers, status=status, reads=reads, is_of_one=of_one
    )

    def decorate(call: Call) -> Call:
        endpoint = _endpoint(spec)(call)
        if at is not None:
            return at.mapping.post(endpoint)
        return action(detail=of_one, methods=["post"], url_path=path or _path_of(call))(endpoint)

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

    `filters` and `ordering` are of the pages, in addition to what the method itself takes.
    """
    spec = EndpointSpec(
        verb=verb,
        takes=takes,
        answers=answers,
        reads=True,
        is_of_one=True,
        is_paginated=pages,
        filters=filters,
        ordering=ordering,
    )

    def decorate(call: Call) -> Call:
        endpoint = _endpoint(spec)(call)
        return action(detail=True, methods=["get"], url_path=path or _path_of(call))(endpoint)

    return decorate


def deprecated(*, since: date, until: date, instead: str) -> Callable[[Call], Call]:
    """Above the decorator that makes the endpoint: it goes on working until `until`."""

    def mark(endpoint: Call) -> Call:
        deprecation = Deprecation(since, until, instead)
        return with_spec(endpoint, replace(endpoint.spec, deprecation=deprecation))  # type: ignore[attr-defined]

    return mark


def with_spec(endpoint: Call, spec: EndpointSpec) -> Call:
    endpoint.spec = spec  # type: ignore[attr-defined]
    return endpoint


def _path_of(call: Callable[..., Any]) -> str:
    return call.__name__.replace("_", "-")


def _endpoint(spec: EndpointSpec) -> Callable[[Call], Call]:
    def decorate(call: Call) -> Call:
        @functools.wraps(call)
        def endpoint(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
            row = [self.get_object()] if spec.is_of_one else []
            fields = self.read(spec)
            if row and spec.reads:
                self.record_view(row[0])
            result = call(self, *row, **fields)
            if spec.is_partial:
                self.record_view_if_unchanged(row[0], result)
            return self.answer(result)

        return with_spec(endpoint, spec)  # type: ignore[return-value]

    return decorate
