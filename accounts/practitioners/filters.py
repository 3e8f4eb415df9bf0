from __future__ import annotations

from typing import Any

import django_filters

from accounts.models import (
    Practitioner,
)
from accounts.web.filters import ActiveFilter, IdFilter
from accounts.web.form_fields import SearchInput


class PractitionerFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(
        label="Search", method="by_words", max_length=100, widget=SearchInput("Name or NPI")
    )
    state = ActiveFilter()

    class Meta:
        model = Practitioner
        fields: list[str] = []

    def by_words(self, rows: Any, name: str, text: str) -> Any:
        for word in text.split():
            named = rows.filter(first_name__icontains=word) | rows.filter(last_name__icontains=word)
            rows = named | rows.filter(npi__startswith=word)
        return rows


class PractitionerListFilter(PractitionerFilter):
    supervisor = IdFilter(label="Supervisor")

    class Meta:
        model = Practitioner
        fields: list[str] = []
