from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import access
from accounts.models import (
    BreakGlass,
)
from accounts.web.filters import DaysFilter, IdFilter


class BreakGlassListFilter(DaysFilter):
    search = django_filters.CharFilter(
        label="Search: the patient's name or MRN, or the reason", method="by_words", max_length=100
    )
    state = django_filters.ChoiceFilter(
        label="State", choices=[("open", "Open"), ("over", "Over")], method="in_state"
    )
    patient = IdFilter(label="Patient")
    user = IdFilter(label="User")

    instant = "granted_at"

    class Meta:
        model = BreakGlass
        fields: list[str] = []

    def by_words(self, rows: QuerySet[BreakGlass], name: str, text: str) -> QuerySet[BreakGlass]:
        patients = access.patient_directory(self.request.actor).search(text)
        return rows.filter(
            Q(patient__in=patients.order_by().values("pk")) | Q(reason__icontains=text)
        )

    def in_state(self, rows: QuerySet[BreakGlass], name: str, value: str) -> QuerySet[BreakGlass]:
        is_open = Q(expires_at__gt=timezone.now())
        return rows.filter(is_open if value == "open" else ~is_open)
