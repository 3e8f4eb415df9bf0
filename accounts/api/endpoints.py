"""What makes a method of a resource an endpoint: its verb, what it takes, what it answers."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

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
) -> Callable[[Call], Call]:
    """`deed(self, row, **fields)`: POST to `/{id}/deed`. One that `reads` writes nothing."""

    def decorate(call: Call) -> Call:
        url_path = path or call.__name__.replace("_", "-")
        endpoint = _endpoint(
            verb, takes=takes, answers=answers, of_one=of_one, status=status, reads=reads
        )
        return action(detail=of_one, methods=["post"], url_path=url_path)(endpoint(call))

    return decorate


def shows(
    verb: str,
    answers: type[serializers.BaseSerializer],
    *,
    takes: type[Input] = Input,
    pages: bool = False,
    path: str | None = None,
) -> Callable[[Call], Call]:
    """`part(self, row, **query)`: GET `/{id}/part`; with `pages` it returns a QuerySet."""

    def decorate(call: Call) -> Call:
        url_path = path or call.__name__.replace("_", "-")
        endpoint = _endpoint(
            verb, takes=takes, answers=answers, of_one=True, reads=True, pages=pages
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
) -> Callable[[Call], Call]:
    def decorate(call: Call) -> Call:
        @functools.wraps(call)
        def endpoint(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
            row = [self.get_object()] if of_one else []
            fields = self.read(takes, row[0] if keeps else None) if takes else {}
            if row and reads:
                self.seen(row[0])
            return self.answer(call(self, *row, **fields), answers, status)

        endpoint.verb, endpoint.reads = verb, reads  # type: ignore[attr-defined]
        endpoint.takes, endpoint.answers = takes, answers  # type: ignore[attr-defined]
        endpoint.status, endpoint.pages = status, pages  # type: ignore[attr-defined]
        return endpoint  # type: ignore[return-value]

    return decorate
