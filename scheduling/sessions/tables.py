from __future__ import annotations

import django_tables2 as tables
from django.utils.safestring import SafeString

from accounts.web.formatting import day, status_mark
from accounts.web.tables import FIGURE, FIT, ROW_LINK, row_url
from scheduling.appointments.tables import units_link
from scheduling.models import Session, Status


class SessionTable(tables.Table):
    started_at = tables.Column(
        verbose_name="When",
        order_by=("started_at", "id"),
        attrs=ROW_LINK | FIT,
        linkify=lambda record, table: row_url(table, "scheduling:session", record.pk),
    )
    patient = tables.Column(
        accessor="patient__called_name",
        order_by=("patient__legal_last_name", "patient__legal_first_name"),
    )
    practitioner = tables.Column(order_by=("practitioner__last_name",))
    service = tables.Column(accessor="appointment__service_code__full_code", orderable=False)
    minutes = tables.Column(orderable=False, attrs=FIGURE, default="–")
    units = tables.Column(attrs=FIGURE, default="–")
    note = tables.Column(empty_values=(), orderable=False)

    class Meta:
        model = Session
        fields = ("started_at", "patient", "practitioner", "service", "minutes", "units", "note")
        order_by = ("-started_at",)
        attrs = {"caption": "Sessions"}
        empty_text = "No session matches. Clear the filters."

    def render_started_at(self, record: Session) -> SafeString:
        return day(record.started_at, year=True)

    def render_units(self, value: int, record: Session) -> SafeString | str:
        return units_link(self, record.appointment, value)

    def render_note(self, record: Session) -> SafeString | str:
        note = getattr(record, "note", None)
        if note is not None:
            return status_mark(note.status)
        if record.appointment.status == Status.CANCELLED:
            return status_mark(Status.CANCELLED)
        return "None yet" if record.ended_at else "In progress"
