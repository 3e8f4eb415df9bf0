"""Which parameters a query may have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import QueryDict
from rest_framework.exceptions import ValidationError

from accounts.api.endpoints import EndpointSpec
from accounts.api.filter_backends import Ordering
from accounts.api.pagination import Pages


def known_to(spec: EndpointSpec) -> set[str]:
    """The parameters that a GET of the endpoint may have."""
    found = set(spec.takes().fields)
    if spec.is_paginated:
        found |= set(Pages.parameters)
    if spec.ordering:
        found.add(Ordering.ordering_param)
    if spec.filters is not None:
        found |= set(spec.filters.base_filters)
    return found


def require_known(query: QueryDict, known: Iterable[str]) -> None:
    """Raises ValidationError for a parameter that is not known, or is given twice."""
    if unknown := sorted(set(query) - set(known)):
        raise ValidationError(
            {name[:80]: ["There is no such parameter."] for name in unknown},
            code="unknown_parameter",
        )
    if repeated := [name for name, values in query.lists() if len(values) > 1]:
        raise ValidationError(
            {name: ["Give it once."] for name in repeated}, code="repeated_parameter"
        )


def chosen_filters(query: QueryDict) -> set[str]:
    """The names of the filters that were given a value."""
    named: dict[str, Any] = dict(query.items())
    given = {name for name, value in named.items() if value}
    return given - {*Pages.parameters, Ordering.ordering_param}
