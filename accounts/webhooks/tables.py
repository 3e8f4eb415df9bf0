from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from accounts.web.formatting import day, moment, status_mark
from accounts.web.tables import FIGURE, FIT, MONO, ROW_LINK, row_url


class WebhookTable(tables.Table):
    url = tables.Column(
        attrs={**ROW_LINK, **MONO},
        linkify=lambda record, table: row_url(table, "accounts:webhook", record.pk),
    )
    event_types = tables.Column(orderable=False, verbose_name="Events")
    state = tables.Column(orderable=False)

    class Meta:
        model = WebhookEndpoint
        fields = ("url", "description", "event_types", "state")
        attrs = {"caption": "Webhooks"}
        empty_text = "No webhooks. Add one for each program that is to be told what happens here."

    def render_event_types(self, value: list[str]) -> str:
        return "Everything" if "*" in value else ", ".join(value)

    def render_state(self, value: str) -> SafeString:
        return status_mark(value)


class DeliveryTable(tables.Table):
    event_type = tables.Column(
        verbose_name="Event",
        attrs={**ROW_LINK, **MONO},
        linkify=lambda record, table: row_url(table, "accounts:webhook_delivery", record.pk),
    )
    created_at = tables.Column(verbose_name="When", attrs=FIT)
    status = tables.Column(orderable=False)
    attempt_count = tables.Column(verbose_name="Attempts", attrs=FIGURE, orderable=False)
    next_attempt_at = tables.Column(
        verbose_name="Next attempt", attrs=FIT, orderable=False, default="–"
    )

    class Meta:
        model = WebhookDelivery
        fields = ("event_type", "created_at", "status", "attempt_count", "next_attempt_at")
        attrs = {"caption": "Deliveries"}
        empty_text = "Nothing was sent that matches. Deliveries are kept for 30 days."

    def render_created_at(self, value: Any) -> SafeString:
        return moment(value)

    def render_next_attempt_at(self, value: Any) -> SafeString:
        return moment(value)

    def render_status(self, record: WebhookDelivery) -> SafeString:
        return status_mark(record.status)


class AttemptTable(tables.Table):
    at = tables.Column(verbose_name="When", attrs=FIT, orderable=False)
    outcome = tables.Column(empty_values=(), orderable=False)
    duration_ms = tables.Column(verbose_name="Milliseconds", attrs=FIGURE, orderable=False)
    response = tables.Column(
        verbose_name="The answer began with", attrs=MONO, orderable=False, default="–"
    )

    class Meta:
        model = WebhookAttempt
        fields = ("at", "outcome", "duration_ms", "response")
        attrs = {"caption": "Attempts"}
        empty_text = "Not attempted yet."

    def render_at(self, value: Any) -> SafeString:
        clock = f"{self.request.actor.organization.local(value):%H:%M:%S}"
        return format_html('{} <span class="sub num">{}</span>', day(value), clock)

    def render_outcome(self, record: WebhookAttempt) -> str:
        code = str(record.status_code or "")
        return " · ".join(part for part in (code, record.error) if part)
