"""The project's addresses, as the resolver knows them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

CLINIC = "organization"


@dataclass(frozen=True)
class Address:
    """`name` with its namespaces, or the route where there is no name."""

    name: str
    route: str

    @property
    def arguments(self) -> list[str]:
        return re.findall(r"<(?:\w+:)?(\w+)>", self.route)

    @property
    def is_of_clinic(self) -> bool:
        return CLINIC in self.arguments


def addresses() -> list[Address]:
    """Of the pages: the API's endpoints have a table of their own."""
    return [one for one in _below(get_resolver(), "", "") if not one.route.startswith("api/")]


def _below(resolver: URLResolver, namespace: str, route: str) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        path = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _below(entry, inner, path)
        elif isinstance(entry, URLPattern):
            yield Address(f"{namespace}{entry.name}" if entry.name else path, path)
