"""What the API's lists are filtered by beyond what the pages ask; days are the clinic's own."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from accounts import access as accounts_access
from accounts.api.filters import DaysFilter
from accounts.filters import ActiveFilter, DayFilter, IdFilter
from billing.filters import AuthorizationFilter, EntryFilter
from billing.models import (
    Authorization,
    EligibilityCheck,
    InsurancePolicy,
    LedgerEntry,
    Reservation,
)


class CheckFilter(DaysFilter):
    result = django_filters.ChoiceFilter(choices=EligibilityCheck.Result.choices)

    instant = "checked_at"

    class Meta:
        model = EligibilityCheck
        fields: list[str] = []


class AuthorizationListFilter(AuthorizationFilter):
    first = DayFilter(label="Not over before this day", field_name="end_date", lookup_expr="gte")
    last = DayFilter(label="Begun by this day", field_name="start_date", lookup_expr="lte")

    class Meta:
        model = Authorization
        fields: list[str] = []


class EntryListFilter(EntryFilter, DaysFilter):
    search = django_filters.CharFilter(
        label="Search: the reason, or what the units are held for",
        method="by_words",
        max_length=100,
    )

    instant = "at"

    class Meta:
        model = LedgerEntry
        fields: list[str] = []

    def by_words(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        return rows.filter(Q(reason__icontains=text) | Q(reservation__source__istartswith=text))


class PolicyFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(
        label="Search: the patient, the payer's name, member ID or group number",
        method="by_words",
        max_length=100,
    )
    state = ActiveFilter()
    patient = IdFilter(label="Patient")
    payer = IdFilter(label="Payer")
    priority = django_filters.ChoiceFilter(
        choices=[(str(value), label) for value, label in InsurancePolicy.Priority.choices]
    )
    covers_on = DayFilter(label="Covers this day", method="on_day")
    ends_before = DayFilter(label="Ends before", field_name="end_date", lookup_expr="lt")

    class Meta:
        model = InsurancePolicy
        fields: list[str] = []

    def by_words(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        patients = accounts_access.patients(self.request.actor).search(text)
        return rows.filter(
            Q(patient__in=patients.order_by().values("pk"))
            | Q(payer__name__icontains=text)
            | Q(member_id__icontains=text)
            | Q(group_number__icontains=text)
        )

    def on_day(self, rows: QuerySet[Any], name: str, day: Any) -> QuerySet[Any]:
        not_over = Q(end_date__isnull=True) | Q(end_date__gte=day)
        return rows.filter(not_over, start_date__lte=day)


class ReservationFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(
        label="Search: the authorization's number, or what the units are held for",
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
