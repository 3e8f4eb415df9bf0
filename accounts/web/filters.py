from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from accounts.web.form_fields import DayField, SearchInput


class _StateField(django_filters.fields.ChoiceField):
    def valid_value(self, value: Any) -> bool:
        return value == "active" or super().valid_value(value)


class ActiveFilter(django_filters.ChoiceFilter):
    """Active rows by default; inactive ones or all on request."""

    field_class = _StateField
    values = ("active", "inactive", "all")

    def __init__(self) -> None:
        choices = [("inactive", "Inactive"), ("all", "Active and inactive")]
        super().__init__(label="State", choices=choices, empty_label="Active")

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        return qs if value == "all" else qs.filter(is_active=value != "inactive")


class IdFilter(django_filters.NumberFilter):
    """By the id of a related row; on a page it comes from the address."""

    field_class = forms.IntegerField

    def __init__(self, *, label: str, field_name: str | None = None) -> None:
        bounds = {"min_value": 1, "max_value": 2**63 - 1}
        super().__init__(field_name, label=label, widget=forms.HiddenInput, **bounds)

    def get_max_validator(self) -> None:
        """The field has its own bounds."""


class DayFilter(django_filters.DateFilter):
    field_class = DayField


class SearchFilter(django_filters.FilterSet):
    """Every word must occur in one of the `searched` fields."""

    search = django_filters.CharFilter(label="Search", method="by_words", max_length=100)

    searched: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        for word in text.split()[:8]:
            found = Q()
            for field in self.searched:
                found |= Q(**{f"{field}__icontains": word})
            rows = rows.filter(found)
        return rows


class DaysFilter(django_filters.FilterSet):
    """From the first day to the last, both included."""

    first = DayFilter(label="The first day", method="since")
    last = DayFilter(label="The last day", method="until")

    instant = "created_at"

    def since(self, rows: QuerySet[Any], name: str, day: Any) -> QuerySet[Any]:
        start = self.request.actor.organization.midnight(day)
        return rows.filter(**{f"{self.instant}__gte": start})

    def until(self, rows: QuerySet[Any], name: str, day: Any) -> QuerySet[Any]:
        end = self.request.actor.organization.midnight(day + timedelta(days=1))
        return rows.filter(**{f"{self.instant}__lt": end})


class NamesFilter(django_filters.FilterSet):
    """By name or code, and by state."""

    search = django_filters.CharFilter(
        label="Search", method="by_words", max_length=100, widget=SearchInput("Name or code")
    )
    state = ActiveFilter()

    searched: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        found = Q()
        for field in self.searched:
            found |= Q(**{f"{field}__icontains": text})
        return rows.filter(found)
