from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_filters
from django.apps import apps
from django.db.models import Q, QuerySet

from accounts import access
from accounts.models import (
    Event,
    User,
)
from accounts.web.filters import DayFilter, IdFilter
from accounts.web.form_fields import SearchInput


def _actors(request: Any) -> QuerySet[User]:
    members = access.memberships(request.actor).order_by()
    return User.objects.filter(pk__in=members.values("user_id")).order_by("name", "email")


def _object_types() -> list[str]:
    return [model._meta.label_lower for model in apps.get_models()]


class EventFilter(django_filters.FilterSet):
    """The days are the clinic's own."""

    action = django_filters.CharFilter(
        label="Action",
        method="begins",
        max_length=60,
        widget=SearchInput("appointment.booked", list="actions"),
    )
    actor = django_filters.ModelChoiceFilter(label="Who", queryset=_actors, empty_label="Anyone")
    patient = django_filters.CharFilter(
        label="Patient", method="of_patient", max_length=100, widget=SearchInput("Name or MRN")
    )
    object = django_filters.CharFilter(
        label="Object", method="about", max_length=80, widget=SearchInput("appointment 17")
    )
    first = DayFilter(label="From", method="since")
    last = DayFilter(label="To", method="until")

    class Meta:
        model = Event
        fields: list[str] = []

    def begins(self, rows: QuerySet[Event], name: str, text: str) -> QuerySet[Event]:
        """By its name (`appointment.booked`, `appointment`) or as it is shown."""
        return rows.filter(action__startswith=text.strip().lower().replace(" ", "."))

    def of_patient(self, rows: QuerySet[Event], name: str, text: str) -> QuerySet[Event]:
        found = access.patient_directory(self.request.actor).search(text)
        return rows.filter(patient__in=found.order_by().values("pk"))

    def about(self, rows: QuerySet[Event], name: str, text: str) -> QuerySet[Event]:
        kind, _, number = text.strip().replace(" ", ":").rpartition(":")
        if number.isascii() and number.isdigit():
            rows = rows.filter(object_id=int(number))
        else:
            kind = number
        # By complete types, so that the index on type and id can be used.
        types = [label for label in _object_types() if label.endswith(kind.lower())]
        return rows.filter(object_type__in=types)

    def since(self, rows: QuerySet[Event], name: str, day: Any) -> QuerySet[Event]:
        return rows.filter(at__gte=self.request.actor.organization.midnight(day))

    def until(self, rows: QuerySet[Event], name: str, day: Any) -> QuerySet[Event]:
        end = self.request.actor.organization.midnight(day + timedelta(days=1))
        return rows.filter(at__lt=end)


class EventListFilter(EventFilter):
    search = django_filters.CharFilter(
        label="Search: action or the request's id", method="by_words", max_length=100
    )
    patient = IdFilter(label="Patient")
    actor = IdFilter(label="Who")
    api_key = IdFilter(label="By which key")

    class Meta:
        model = Event
        fields: list[str] = []

    def by_words(self, rows: QuerySet[Event], name: str, text: str) -> QuerySet[Event]:
        words = text.strip().replace(" ", "_")
        return rows.filter(Q(action__icontains=words) | Q(request_id=text.strip()))
