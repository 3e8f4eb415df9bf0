from __future__ import annotations

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.tables import FIGURE, FIT, ROW_LINK
from accounts.templatetags.caretally import clock, day, status_mark
from scheduling.models import Appointment, Location, Session, Status
from scheduling.templatetags.scheduling import entries_url


def _url(table: tables.Table, name: str, pk: int) -> str:
    return table.request.actor.url(name, pk=pk)


def _figure(table: tables.Table, appointment: Appointment, units: int) -> SafeString | str:
    """The units, leading to the entries behind them."""
    entries = entries_url(table.request.actor, appointment)
    return format_html('<a href="{}">{}</a>', entries, units) if entries else str(units)


class AppointmentTable(tables.Table):
    starts_at = tables.Column(
        verbose_name="When",
        order_by=("starts_at", "id"),
        attrs=ROW_LINK | FIT,
        linkify=lambda record, table: _url(table, "scheduling:appointment", record.pk),
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
        return "private" if record.is_private_pay else _figure(self, record, value)

    def render_status(self, record: Appointment) -> SafeString:
        return status_mark(record.status)


class SessionTable(tables.Table):
    started_at = tables.Column(
        verbose_name="When",
        order_by=("started_at", "id"),
        attrs=ROW_LINK | FIT,
        linkify=lambda record, table: _url(table, "scheduling:session", record.pk),
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
        return _figure(self, record.appointment, value)

    def render_note(self, record: Session) -> SafeString | str:
        note = getattr(record, "note", None)
        if note is not None:
            return status_mark(note.status)
        if record.appointment.status == Status.CANCELLED:
            return status_mark(Status.CANCELLED)
        return "None yet" if record.ended_at else "In progress"


class LocationTable(tables.Table):
    name = tables.Column(
        attrs=ROW_LINK,
        linkify=lambda record, table: _url(table, "scheduling:location", record.pk),
    )
    place_of_service = tables.Column(verbose_name="POS", attrs=FIT)
    room_count = tables.Column(verbose_name="Rooms", attrs=FIGURE)
    is_active = tables.Column(verbose_name="State")

    class Meta:
        model = Location
        fields = ("name", "address", "place_of_service", "room_count", "is_active")
        attrs = {"caption": "Locations"}
        empty_text = "No locations yet. Add where services are rendered."

    def render_is_active(self, value: bool) -> SafeString:
        return status_mark("active" if value else "inactive")
