from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_filters
from django import forms
from django.apps import apps
from django.db.models import QuerySet

from accounts import access
from accounts.forms.base import DayField, SearchInput
from accounts.models import ApiKey, Event, Patient, Practitioner, User, WebhookDelivery
from accounts.roles import Role

WHOLE_CLINIC = "clinic"


class _StateField(django_filters.fields.ChoiceField):
    def valid_value(self, value: Any) -> bool:
        return value == "active" or super().valid_value(value)


class ActiveFilter(django_filters.ChoiceFilter):
    """The active ones, unless others are asked for."""

    field_class = _StateField
    values = ("active", "inactive", "all")

    def __init__(self) -> None:
        choices = [("inactive", "Inactive"), ("all", "Active and inactive")]
        super().__init__(label="State", choices=choices, empty_label="Active")

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        return qs if value == "all" else qs.filter(is_active=value != "inactive")


class IdFilter(django_filters.NumberFilter):
    """By the id of what rows refer to; on a page it comes with the address."""

    field_class = forms.IntegerField

    def __init__(self, *, label: str, field_name: str | None = None) -> None:
        bounds = {"min_value": 1, "max_value": 2**63 - 1}
        super().__init__(field_name, label=label, widget=forms.HiddenInput, **bounds)

    def get_max_validator(self) -> None:
        """The field has its own bounds."""


class DayFilter(django_filters.DateFilter):
    field_class = DayField


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


class WebhookDeliveryFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(
        label="Status", choices=WebhookDelivery.Status.choices, empty_label="Any"
    )
    event_type = django_filters.CharFilter(
        label="Event",
        lookup_expr="istartswith",
        max_length=60,
        widget=SearchInput("appointment.booked"),
    )
    since = DayFilter(label="Since", method="from_day")
    until = DayFilter(label="Until", method="to_day")

    class Meta:
        model = WebhookDelivery
        fields: list[str] = []

    def from_day(
        self, rows: QuerySet[WebhookDelivery], name: str, day: Any
    ) -> QuerySet[WebhookDelivery]:
        return rows.filter(created_at__gte=self.request.actor.organization.midnight(day))

    def to_day(
        self, rows: QuerySet[WebhookDelivery], name: str, day: Any
    ) -> QuerySet[WebhookDelivery]:
        after = self.request.actor.organization.midnight(day + timedelta(days=1))
        return rows.filter(created_at__lt=after)


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
        # By whole types, so that the index of type and id is of use.
        types = [label for label in _object_types() if label.endswith(kind.lower())]
        return rows.filter(object_type__in=types)

    def since(self, rows: QuerySet[Event], name: str, day: Any) -> QuerySet[Event]:
        return rows.filter(at__gte=self.request.actor.organization.midnight(day))

    def until(self, rows: QuerySet[Event], name: str, day: Any) -> QuerySet[Event]:
        end = self.request.actor.organization.midnight(day + timedelta(days=1))
        return rows.filter(at__lt=end)
