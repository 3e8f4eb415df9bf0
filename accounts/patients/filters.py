from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet

from accounts import access
from accounts.models import (
    Patient,
    Practitioner,
)
from accounts.roles import Role
from accounts.web.filters import ActiveFilter, DaysFilter
from accounts.web.form_fields import SearchInput

WHOLE_CLINIC = "clinic"


def _practitioners(request: Any) -> QuerySet[Practitioner]:
    return access.practitioners(request.actor).active()


class OpenPatientFilter(django_filters.FilterSet):
    """Over the patients whose record is open to who asks."""

    search = django_filters.CharFilter(
        label="Search",
        method="by_words",
        max_length=100,
        widget=SearchInput("Name, MRN, phone or date of birth"),
    )
    practitioner = django_filters.ModelChoiceFilter(
        label="Care team",
        field_name="care_team__practitioner",
        queryset=_practitioners,
        empty_label="Anyone",
    )
    state = ActiveFilter()

    class Meta:
        model = Patient
        fields: list[str] = []

    def by_words(self, rows: Any, name: str, text: str) -> Any:
        return rows.search(text)


class PatientFilter(OpenPatientFilter):
    scope = django_filters.ChoiceFilter(
        label="Whose",
        choices=[(WHOLE_CLINIC, "Whole clinic")],
        empty_label="Open to me",
        method="as_it_is",
    )

    class Meta(OpenPatientFilter.Meta):
        pass

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sees_all = self.request.actor.role in (Role.ADMIN, Role.VIEWER)
        del self.filters["scope" if sees_all else "practitioner"]

    def as_it_is(self, rows: Any, name: str, value: str) -> Any:
        """The view chose the rows by it."""
        return rows


class PatientListFilter(OpenPatientFilter, DaysFilter):
    class Meta:
        model = Patient
        fields: list[str] = []
