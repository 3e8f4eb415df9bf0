from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from accounts import access as accounts_access
from accounts.web.filters import ActiveFilter, DayFilter, DaysFilter, IdFilter
from billing.models import (
    EligibilityCheck,
    InsurancePolicy,
)


class CheckFilter(DaysFilter):
    result = django_filters.ChoiceFilter(choices=EligibilityCheck.Result.choices)

    instant = "checked_at"

    class Meta:
        model = EligibilityCheck
        fields: list[str] = []


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
