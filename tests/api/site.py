"""The API's endpoints, as the router knows them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from rest_framework.serializers import BaseSerializer

from accounts.api.endpoints import EndpointSpec
from accounts.api.resource import Resource
from accounts.api.serializers import Input
from clinic.api.router import router

PK = f"(?P<pk>{Resource.lookup_value_regex})"


@dataclass(frozen=True)
class Endpoint:
    method: str
    address: str  # below /api/v1/, with {id} for the row's
    resource: type[Resource]
    action: str

    def __str__(self) -> str:
        return f"{self.method} {self.address}"

    @property
    def noun(self) -> str:
        return self.address.split("/")[0]

    @property
    def is_of_one(self) -> bool:
        return "{id}" in self.address

    @property
    def call(self) -> Any:
        return getattr(self.resource, self.action)

    @property
    def spec(self) -> EndpointSpec:
        spec: EndpointSpec = self.call.spec
        return spec

    @property
    def takes(self) -> type[Input]:
        return self.spec.takes

    @property
    def answers(self) -> type[BaseSerializer]:
        return self.spec.answers or self.resource.output

    @property
    def pages(self) -> bool:
        return self.spec.is_paginated

    @property
    def filters(self) -> dict[str, Any]:
        return dict(self.spec.filters.base_filters) if self.spec.filters else {}

    @property
    def verb(self) -> str:
        return self.spec.verb

    @property
    def reads(self) -> bool:
        """By its spec; a dry run is a POST that reads."""
        return self.spec.reads

    @property
    def scope(self) -> str:
        return f"{self.resource.area}:{self.spec.access}"

    def path(self, pk: Any) -> str:
        return f"/api/v1/{self.address.replace('{id}', str(pk))}"


@functools.cache
def endpoints() -> tuple[Endpoint, ...]:
    return tuple(
        Endpoint(method.upper(), address, route.callback.cls, action)
        for route in router.urls
        for address in [str(route.pattern).strip("^$").replace(PK, "{id}")]
        for method, action in route.callback.actions.items()
        if method != "head"  # which a route learns with its first request
    )


def writing() -> list[Endpoint]:
    """Those that take a body."""
    return [one for one in endpoints() if one.method in ("POST", "PATCH")]
