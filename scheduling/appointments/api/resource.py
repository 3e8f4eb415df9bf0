from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.actor import Actor
from accounts.api.endpoints import creates, does, updates
from accounts.api.resource import Resource
from accounts.models import Patient
from scheduling import access
from scheduling.appointments import arrival, cancellation
from scheduling.appointments import services as appointments
from scheduling.appointments.api.inputs import (
    AppointmentChange,
    AppointmentMove,
    Cancellation,
    NewAppointment,
    Rescheduled,
)
from scheduling.appointments.api.outputs import AppointmentOutput, PreviewOutput
from scheduling.appointments.filters import AppointmentFilter
from scheduling.appointments.preview import Preview, preview
from scheduling.models import Appointment


class Appointments(Resource):
    area = "appointments"
    verbs = {"list": "appointment.view", "retrieve": "appointment.view"}
    output = AppointmentOutput
    filterset_class = AppointmentFilter
    ordering_fields = {"starts_at": "starts_at", "status": "status", "created_at": "created_at"}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[Appointment]:
        return access.appointments(actor).with_people().select_related("reservation")

    @creates("appointment.book", NewAppointment)
    def create(self, **fields: Any) -> Appointment:
        """Book an appointment and reserve its units."""
        return appointments.book(actor=self.actor, **fields)

    @does("appointment.book", NewAppointment, answers=PreviewOutput, of_one=False, reads=True)
    def preview(self, *, patient: Patient, **fields: Any) -> Preview:
        """Preview a booking without making it.

        Conflicts and refusals carry the codes and figures of the errors that booking would answer.
        """
        self.record_view(patient)
        return preview(actor=self.actor, patient=patient, **fields)

    @updates("appointment.reschedule", AppointmentChange)
    def partial_update(self, row: Appointment, **fields: Any) -> Appointment:
        """Change time, place, service, practitioner or authorization, but not the status."""
        return self._reschedule(row, fields)

    @does("appointment.reschedule", Rescheduled)
    def reschedule(self, row: Appointment, **fields: Any) -> Appointment:
        """Move an appointment to another time, with its units."""
        return self._reschedule(row, fields)

    def _reschedule(self, row: Appointment, fields: dict[str, Any]) -> Appointment:
        wanted = {"version": row.version, **AppointmentMove.completed(row, fields)}
        return appointments.reschedule(actor=self.actor, appointment=row, **wanted)

    @does(
        "appointment.reschedule",
        AppointmentMove,
        answers=PreviewOutput,
        reads=True,
        path="preview",
    )
    def preview_move(self, row: Appointment, **fields: Any) -> Preview:
        """Preview a change of an appointment without making it."""
        wanted = AppointmentMove.completed(row, fields)
        return preview(actor=self.actor, patient=row.patient, moving=row, **wanted)

    @does("appointment.confirm")
    def confirm(self, row: Appointment) -> Appointment:
        """Record that the patient will come."""
        return arrival.confirm(actor=self.actor, appointment=row)

    @does("appointment.check_in")
    def check_in(self, row: Appointment) -> Appointment:
        """Record that the patient has arrived."""
        return arrival.check_in(actor=self.actor, appointment=row)

    @does("appointment.cancel", Cancellation)
    def cancel(self, row: Appointment, **fields: Any) -> Appointment:
        """Cancel an appointment and release its units."""
        return cancellation.cancel(actor=self.actor, appointment=row, **fields)

    @does("appointment.mark_no_show")
    def no_show(self, row: Appointment) -> Appointment:
        """Record that the patient did not come, and release the units."""
        return cancellation.mark_no_show(actor=self.actor, appointment=row)

    @does("appointment.restore")
    def restore(self, row: Appointment) -> Appointment:
        """Undo a check-in; or a cancellation or no-show, if time and units are still available."""
        return cancellation.restore(actor=self.actor, appointment=row)
