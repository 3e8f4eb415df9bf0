from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_filters
from django.db.models import QuerySet

from accounts import access as accounts_access
from accounts.web.filters import DayFilter, IdFilter
from accounts.web.form_fields import SearchInput
from billing import access as billing_access
from scheduling.models import Appointment, Status
from scheduling.models.appointment import MOVABLE

TO_COME = "to_come"


def _practitioners(request: Any) -> QuerySet[Any]:
    return accounts_access.practitioners(request.actor)


def _services(request: Any) -> QuerySet[Any]:
    return billing_access.service_codes(request.actor)


class CalendarFilter(django_filters.FilterSet):
    """The filters of both appointments and sessions; days are in the clinic's time zone."""

    search = django_filters.CharFilter(
        label="Patient", method="by_words", max_length=100, widget=SearchInput("Name or MRN")
    )
    practitioner = django_filters.ModelChoiceFilter(queryset=_practitioners, empty_label="Any")
    patient = IdFilter(label="Patient")
    first = DayFilter(label="From", method="from_day")
    last = DayFilter(label="To", method="to_day")

    instant = "starts_at"

    def by_words(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        found = accounts_access.patients(self.request.actor).search(text)
        return rows.filter(patient__in=found.order_by().values("pk"))

    def from_day(self, rows: QuerySet[Any], name: str, day: Any) -> QuerySet[Any]:
        start = self.request.actor.organization.midnight(day)
        return rows.filter(**{f"{self.instant}__gte": start})

    def to_day(self, rows: QuerySet[Any], name: str, day: Any) -> QuerySet[Any]:
        end = self.request.actor.organization.midnight(day + timedelta(days=1))
        return rows.filter(**{f"{self.instant}__lt": end})


class AppointmentFilter(CalendarFilter):
    status = django_filters.ChoiceFilter(
        method="by_status", choices=[(TO_COME, "To come"), *Status.choices], empty_label="Any"
    )
    service = django_filters.ModelChoiceFilter(
        field_name="service_code", queryset=_services, empty_label="Any"
    )
    authorization = IdFilter(label="Authorization")
    location = IdFilter(label="Location")
    room = IdFilter(label="Room")

    class Meta:
        model = Appointment
        fields: list[str] = []

    def by_status(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(status__in=MOVABLE if value == TO_COME else [value])
