from __future__ import annotations

import django_tables2 as tables
from django.utils.safestring import SafeString

from accounts.models import (
    Practitioner,
)
from accounts.web.tables import FIGURE, FIT, ROW_LINK, active_mark, row_url


class PractitionerTable(tables.Table):
    name = tables.Column(
        accessor="name",
        verbose_name="Practitioner",
        order_by=("last_name", "first_name", "id"),
        attrs=ROW_LINK,
        linkify=lambda record, table: row_url(table, "accounts:practitioner", record.pk),
    )
    npi = tables.Column(verbose_name="NPI", attrs=FIT, default="–")
    supervisor = tables.Column(accessor="supervisor__name", orderable=False, default="–")
    patients = tables.Column(accessor="patient_count", attrs=FIGURE)
    signs_in = tables.Column(accessor="user", orderable=False, default="–", verbose_name="Signs in")
    is_active = tables.Column(verbose_name="State")

    class Meta:
        model = Practitioner
        fields = ("name", "credential", "npi", "supervisor", "patients", "signs_in", "is_active")
        attrs = {"caption": "Practitioners"}
        empty_text = "No practitioner matches. Clear the filters, or add one."

    def render_is_active(self, value: bool) -> SafeString:
        return active_mark(value)
