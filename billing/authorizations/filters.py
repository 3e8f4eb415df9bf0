from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from accounts import access as accounts_access
from accounts.web.filters import DayFilter, IdFilter
from accounts.web.form_fields import SearchInput
from billing import access
from billing.authorizations import attention
from billing.ledger.services import MAX_UNITS
from billing.models import (
    Authorization,
)

ANY = "any"


def _payers(request: Any) -> QuerySet[Any]:
    return access.payers(request.actor)


def _services(request: Any) -> QuerySet[Any]:
    return access.service_codes(request.actor)


class UnitsFilter(django_filters.NumberFilter):
    field_class = forms.IntegerField

    def get_max_validator(self) -> None:
        """None: the field has bounds of its own."""


class AuthorizationFilter(django_filters.FilterSet):
    """Filters authorizations that are annotated with their state and available units.

    Together, `patient`, `service` and `usable_on` find the authorizations whose units can be
    reserved for a date of service.
    """

    search = django_filters.CharFilter(
        label="Patient or number",
        method="by_words",
        max_length=100,
        widget=SearchInput("Name, MRN or authorization number"),
    )
    state = django_filters.ChoiceFilter(
        label="State", choices=Authorization.State.choices, empty_label="Any"
    )
    attention = django_filters.ChoiceFilter(
        label="Needs attention",
        method="by_attention",
        choices=[(ANY, "For any reason"), *attention.Reason.choices],
        empty_label="–",
    )
    payer = django_filters.ModelChoiceFilter(queryset=_payers, empty_label="Any")
    service = django_filters.ModelChoiceFilter(
        label="Service", field_name="services__service_code", queryset=_services, empty_label="Any"
    )
    ends_before = DayFilter(label="Ends before", field_name="end_date", lookup_expr="lt")
    patient = IdFilter(label="Patient")
    usable_on = DayFilter(label="Usable on", method="on_day", widget=forms.HiddenInput)
    fewer_than = UnitsFilter(
        label="Fewer units left than",
        field_name="available",
        lookup_expr="lt",
        min_value=0,
        max_value=MAX_UNITS,
    )

    class Meta:
        model = Authorization
        fields: list[str] = []

    def on_day(self, rows: QuerySet[Any], name: str, day: Any) -> QuerySet[Any]:
        return rows.usable_on(day)  # type: ignore[attr-defined]

    def by_attention(self, rows: QuerySet[Any], name: str, reason: str) -> QuerySet[Any]:
        found = attention.authorizations(self.request.actor).order_by()
        if reason != ANY:
            found = found.filter(reason=reason)
        return rows.filter(pk__in=found.values("pk"))

    def by_words(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        actor = self.request.actor
        patients = accounts_access.patients(actor).search(text)
        return rows.filter(
            Q(patient__in=patients.order_by().values("pk")) | Q(number__icontains=text)
        )


class AuthorizationListFilter(AuthorizationFilter):
    first = DayFilter(label="Ends on this day or later", field_name="end_date", lookup_expr="gte")
    last = DayFilter(
        label="Starts on this day or earlier", field_name="start_date", lookup_expr="lte"
    )

    class Meta:
        model = Authorization
        fields: list[str] = []
