from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import (
    Patient,
)
from accounts.web.tables import FIT, ROW_LINK, active_mark, row_url


class DirectoryTable(tables.Table):
    """What identifies a patient whose record is not open to the actor."""

    name = tables.Column(
        accessor="display_name",
        verbose_name="Patient",
        order_by=("legal_last_name", "legal_first_name", "id"),
        attrs=ROW_LINK,
        linkify=lambda record, table: row_url(table, "accounts:patient", record.pk),
    )
    mrn = tables.Column(verbose_name="MRN", attrs=FIT)
    date_of_birth = tables.Column(verbose_name="Born", attrs=FIT)
    is_active = tables.Column(verbose_name="State")

    class Meta:
        model = Patient
        fields = ("name", "mrn", "date_of_birth", "is_active")
        attrs = {"caption": "Patients"}
        empty_text = "No patient matches. Try another spelling or clear the filters."

    def render_date_of_birth(self, value: Any, record: Patient) -> SafeString:
        age = record.age_on(self.request.actor.organization.today())
        return format_html(
            '<span class="num">{} <span class="muted">({})</span></span>',
            f"{value:%-d %b %Y}",
            age,
        )

    def render_is_active(self, value: bool) -> SafeString:
        return active_mark(value)


class PatientTable(DirectoryTable):
    care_team = tables.Column(empty_values=(), orderable=False, verbose_name="Care team")

    class Meta(DirectoryTable.Meta):
        sequence = ("name", "mrn", "date_of_birth", "care_team", "is_active")

    def render_care_team(self, record: Patient) -> str:
        names = [member.practitioner.name for member in record.care_team.all()]
        return ", ".join(names) or "–"
