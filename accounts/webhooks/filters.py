from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import django_filters
from django.db.models import Q, QuerySet

from accounts.models import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from accounts.web.filters import DayFilter, DaysFilter, IdFilter, SearchFilter
from accounts.web.form_fields import SearchInput


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


class WebhookListFilter(SearchFilter):
    state = django_filters.ChoiceFilter(
        label="State", method="by_state", choices=[("active", "On"), ("disabled", "Off")]
    )

    searched = ("url", "description")

    class Meta:
        model = WebhookEndpoint
        fields: list[str] = []

    def by_state(
        self, rows: QuerySet[WebhookEndpoint], name: str, value: str
    ) -> QuerySet[WebhookEndpoint]:
        return rows.filter(is_active=value == "active")


class WebhookDeliveryListFilter(WebhookDeliveryFilter):
    search = django_filters.CharFilter(
        label="Search: the event's type, or the message's id", method="by_words", max_length=100
    )
    webhook = IdFilter(label="Webhook", field_name="endpoint")
    object_id = IdFilter(label="The id of what it is about")

    class Meta:
        model = WebhookDelivery
        fields: list[str] = []

    def by_words(
        self, rows: QuerySet[WebhookDelivery], name: str, text: str
    ) -> QuerySet[WebhookDelivery]:
        words = text.strip()
        try:
            return rows.filter(message_id=UUID(words.removeprefix("msg_")))
        except ValueError:
            return rows.filter(event_type__icontains=words)


class AttemptListFilter(DaysFilter):
    outcome = django_filters.ChoiceFilter(
        label="What came of it",
        method="by_outcome",
        choices=[("delivered", "Delivered"), ("failed", "Failed")],
    )

    instant = "at"

    class Meta:
        model = WebhookAttempt
        fields: list[str] = []

    def by_outcome(
        self, rows: QuerySet[WebhookAttempt], name: str, value: str
    ) -> QuerySet[WebhookAttempt]:
        is_delivered = Q(error="", status_code__gte=200, status_code__lt=300)
        return rows.filter(is_delivered if value == "delivered" else ~is_delivered)
