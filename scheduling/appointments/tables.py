from __future__ import annotations

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.actor import Actor
from accounts.web.formatting import clock, day, status_mark
from accounts.web.tables import FIGURE, FIT, ROW_LINK, row_url
from scheduling.appointments.reservations import source_of
from scheduling.models import Appointment


def entries_url(actor: Actor, appointment: Appointment) -> str:
    """The URL of the entries behind its units; empty if there are none that the actor may read."""
    if appointment.is_private_pay or not actor.may("ledger.view"):
        return ""
    entries = actor.url("billing:entries", pk=appointment.authorization_id)
    return f"{entries}?source={source_of(appointment.pk)}"


def units_link(table: tables.Table, appointment: Appointment, units: int) -> SafeString | str:
    """The units, as a link to the ledger entries behind them."""
    entries = entries_url(table.request.actor, appointment)
    return format_html('<a href="{}">{}</a>', entries, units) if entries else str(units)


class AppointmentTable(tables.Table):
    starts_at = tables.Column(
        verbose_name="When",
        order_by=("starts_at", "id"),
        attrs=ROW_LINK | FIT,
        linkify=lambda record, table: row_url(table, "scheduling:appointment", record.pk),
    )
    patient = tables.Column(
        accessor="patient__called_name",
        order_by=("patient__legal_last_name", "patient__legal_first_name"),
    )
    practitioner = tables.Column(order_by=("practitioner__last_name",))
    service = tables.Column(accessor="service_code__full_code", order_by=("service_code__code",))
    units = tables.Column(attrs=FIGURE)
    status = tables.Column()

    class Meta:
        model = Appointment
        fields = ("starts_at", "patient", "practitioner", "service", "units", "status")
        order_by = ("-starts_at",)
        attrs = {"caption": "Appointments"}
        empty_text = "No appointment matches. Clear the filters, or book one in the calendar."

    def render_starts_at(self, record: Appointment) -> SafeString:
        hours = clock(record.starts_at, record.ends_at)
        return format_html('{} <span class="num">{}</span>', day(record.starts_at), hours)

    def render_units(self, value: int, record: Appointment) -> SafeString | str:
        return "private" if record.is_private_pay else units_link(self, record, value)

    def render_status(self, record: Appointment) -> SafeString:
        return status_mark(record.status)
