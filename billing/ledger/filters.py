from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet, Sum

from accounts.web.filters import DayFilter, DaysFilter, IdFilter
from billing.models import (
    LedgerEntry,
    Reservation,
)

Kind = LedgerEntry.Kind


class Figure(django_filters.ChoiceFilter):
    """The entries that make up one of the unit bar's numbers."""

    conditions = {
        "total": Q(kind__in=[Kind.GRANT, Kind.ADJUST]),
        "used": Q(kind__in=[Kind.CONSUME, Kind.REVERSE]),
        "reserved": Q(kind=Kind.RESERVE, reservation__state=Reservation.State.ACTIVE),
        "available": Q(),
    }

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        return qs.filter(self.conditions[value]) if value else qs


class EntryFilter(django_filters.FilterSet):
    figure = Figure(
        label="Behind the number",
        choices=[(name, name.capitalize()) for name in Figure.conditions],
        empty_label="All",
    )
    kind = django_filters.ChoiceFilter(choices=Kind.choices, empty_label="Any")
    source = django_filters.CharFilter(label="Source", max_length=80, widget=forms.HiddenInput)

    class Meta:
        model = LedgerEntry
        fields: list[str] = []

    def sums(self) -> dict[str, int]:
        """The sums of the filtered entries' changes, over all pages."""
        added = self.qs.order_by().aggregate(
            total=Sum("total_delta", default=0),
            used=Sum("used_delta", default=0),
            reserved=Sum("reserved_delta", default=0),
        )
        return {**added, "available": added["total"] - added["used"] - added["reserved"]}


class EntryListFilter(EntryFilter, DaysFilter):
    search = django_filters.CharFilter(
        label="Search: the reason, or what the units are reserved for",
        method="by_words",
        max_length=100,
    )

    instant = "at"

    class Meta:
        model = LedgerEntry
        fields: list[str] = []

    def by_words(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        return rows.filter(Q(reason__icontains=text) | Q(reservation__source__istartswith=text))


class ReservationFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(
        label="Search: the authorization's number, or what the units are reserved for",
        method="by_words",
        max_length=100,
    )
    state = django_filters.ChoiceFilter(choices=Reservation.State.choices)
    authorization = IdFilter(label="Authorization")
    patient = IdFilter(label="Patient", field_name="authorization__patient")
    service = IdFilter(label="Service", field_name="service_code")
    first = DayFilter(
        label="The first date of service", field_name="date_of_service", lookup_expr="gte"
    )
    last = DayFilter(
        label="The last date of service", field_name="date_of_service", lookup_expr="lte"
    )

    class Meta:
        model = Reservation
        fields: list[str] = []

    def by_words(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        return rows.filter(Q(authorization__number__icontains=text) | Q(source__istartswith=text))
