from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.audit import wording
from accounts.models import (
    Event,
)
from accounts.web.formatting import day
from accounts.web.tables import FIT


class EventTable(tables.Table):
    at = tables.Column(verbose_name="When", attrs=FIT)
    who = tables.Column(accessor="actor", empty_values=(), orderable=False, verbose_name="Who")
    action = tables.Column(orderable=False)
    patient = tables.Column(orderable=False, default="–")
    about = tables.Column(empty_values=(), orderable=False)
    details = tables.Column(empty_values=(), orderable=False)
    address = tables.Column(orderable=False, default="–", verbose_name="From")

    class Meta:
        model = Event
        fields = ("at", "who", "action", "patient", "about", "details", "address")
        attrs = {"caption": "Audit log"}
        empty_text = "No events match. Widen the dates or clear the filters."

    def render_at(self, value: Any) -> SafeString:
        clock = f"{self.request.actor.organization.local(value):%H:%M:%S}"
        return format_html('{} <span class="sub num">{}</span>', day(value), clock)

    def render_who(self, record: Event) -> SafeString:
        return format_html('{} <span class="sub">{}</span>', wording.who(record), record.actor_role)

    def render_action(self, record: Event) -> SafeString:
        return format_html(
            '{} <span class="sub mono">{}</span>', wording.what(record), record.action
        )

    def render_about(self, record: Event) -> str | SafeString:
        name = wording.object_name(record)
        url = wording.page_of(self.request.actor, record.object_type, record.object_id)
        return format_html('<a href="{}">{}</a>', url, name) if url else name

    def before_render(self, request: Any) -> None:
        shown = [row.record for row in self.paginated_rows]
        self.named = wording.names(request.actor, shown)

    def render_details(self, record: Event) -> str:
        zone = self.request.actor.organization.zone
        return wording.details(record, zone, self.named) or "–"

    def order_at(self, queryset: Any, is_descending: bool) -> tuple[Any, bool]:
        order = ("-at", "-id") if is_descending else ("at", "id")
        return queryset.order_by(*order), True
