"""How lists are filtered and ordered: Django REST framework's backends, by the endpoint's spec."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django_filters import CharFilter, FilterSet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.filters import OrderingFilter
from rest_framework.request import Request


class Filters(DjangoFilterBackend):
    """Raises ValidationError for a value that is not valid, and for an empty one.

    A program that forgot to fill in a variable would otherwise list everything.
    """

    def get_filterset_class(
        self, view: Any, queryset: QuerySet[Any] | None = None
    ) -> type[FilterSet] | None:
        found: type[FilterSet] | None = view.spec.filters
        return found

    def filter_queryset(
        self, request: Request, queryset: QuerySet[Any], view: Any
    ) -> QuerySet[Any]:
        filters = self.get_filterset(request, queryset, view)
        if filters is None:
            return queryset
        _refuse_empty(request.query_params, filters)
        if not filters.is_valid():
            raise ValidationError(filters.errors)
        return filters.qs


class Ordering(OrderingFilter):
    """By the public names of the spec, then by id, so that the order is total."""

    ordering_param = "ordering"

    def remove_invalid_fields(
        self, queryset: QuerySet[Any], fields: list[str], view: Any, request: Request
    ) -> list[str]:
        """The model fields of the names. Raises ValidationError for an unknown name."""
        known: Mapping[str, str] = view.spec.ordering
        order = []
        for name in fields:
            field = known.get(name.removeprefix("-"))
            if field is None:
                choices = ", ".join(known)
                raise ValidationError(
                    {self.ordering_param: f"Choose of: {choices}; - before turns it."}
                )
            order.append(f"-{field}" if name.startswith("-") else field)
        return [*order, "id"]


def _refuse_empty(query: Mapping[str, str], filters: FilterSet) -> None:
    values = {name for name, one in filters.base_filters.items() if not isinstance(one, CharFilter)}
    if empty := sorted(name for name in values if query.get(name) == ""):
        detail = ErrorDetail("Give a value, or leave it out.", "blank")
        raise ValidationError({name: [detail] for name in empty})
