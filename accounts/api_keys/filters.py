from __future__ import annotations

from typing import Any

import django_filters

from accounts.models import (
    ApiKey,
)
from accounts.web.filters import DaysFilter, SearchFilter


class ApiKeyFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label="State",
        method="by_state",
        choices=[("over", "Expired or revoked"), ("all", "All")],
        empty_label="Active",
        null_label=None,
    )

    class Meta:
        model = ApiKey
        fields: list[str] = []

    @property
    def qs(self) -> Any:
        """The active ones, unless others are asked for."""
        found = super().qs
        return found if self.form.cleaned_data.get("state") else found.active()

    def by_state(self, rows: Any, name: str, value: str) -> Any:
        return rows.over() if value == "over" else rows


class ApiKeyListFilter(ApiKeyFilter, SearchFilter, DaysFilter):
    role = django_filters.ChoiceFilter(label="Role", choices=[(one, one) for one in ApiKey.ROLES])

    searched = ("name", "prefix")

    class Meta:
        model = ApiKey
        fields: list[str] = []
