from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.actor import Actor
from accounts.api.endpoints import creates, does, updates
from accounts.api.resource import Resource
from accounts.models import Patient
from scheduling import access
from scheduling.api.inputs import appointment as inputs
from scheduling.api.outputs.appointment import AppointmentOutput, PreviewOutput
from scheduling.api.outputs.session import SessionOutput
from scheduling.filters import AppointmentFilter
from scheduling.models import Appointment, Session
from scheduling.preview import Preview, preview
from scheduling.services import appointments, cancellation, visits


class Appointments(Resource):
    area = "appointments"
    verbs = {"list": "appointment.view", "retrieve": "appointment.view"}
    output = AppointmentOutput
    filterset_class = AppointmentFilter
    ordering_fields = {"starts_at": "starts_at", "status": "status", "created_at": "created_at"}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[Appointment]:
        return access.appointments(actor).with_people().select_related("reservation")

    @creates("appointment.book", inputs.NewAppointment)
    def create(self, **fields: Any) -> Appointment:
        """Book an appointment and reserve its units."""
        return appointments.book(actor=self.actor, **fields)

    @does(
        "appointment.book", inputs.NewAppointment, answers=PreviewOutput, of_one=False, reads=True
    )
    def preview(self, *, patient: Patient, **fields: Any) -> Preview:
        """Say what booking would do, and book nothing.

        Conflicts and refusals carry the codes and figures of the errors that booking would answer.
        """
        self.seen(patient)
        return preview(actor=self.actor, patient=patient, **fields)

    @updates("appointment.reschedule", inputs.AppointmentChange)
    def partial_update(self, row: Appointment, **fields: Any) -> Appointment:
        """Change when, where, what, by whom or on which units; not the status."""
        return self._moved(row, fields)

    @does("appointment.reschedule", inputs.Rescheduled)
    def reschedule(self, row: Appointment, **fields: Any) -> Appointment:
        """Move an appointment to another time; its units move along."""
        return self._moved(row, fields)

    def _moved(self, row: Appointment, fields: dict[str, Any]) -> Appointment:
        seen = {"version": row.version, **inputs.AppointmentMove.over(row, fields)}
        return appointments.reschedule(actor=self.actor, appointment=row, **seen)

    @does(
        "appointment.reschedule",
        inputs.AppointmentMove,
        answers=PreviewOutput,
        reads=True,
        path="preview",
    )
    def preview_move(self, row: Appointment, **fields: Any) -> Preview:
        """Say what changing the appointment would do, and change nothing."""
        wanted = inputs.AppointmentMove.over(row, fields)
        return preview(actor=self.actor, patient=row.patient, beside=row, **wanted)

    @does("appointment.confirm")
    def confirm(self, row: Appointment) -> Appointment:
        """Note that the patient will come."""
        return visits.confirm(actor=self.actor, appointment=row)

    @does("appointment.check_in")
    def check_in(self, row: Appointment) -> Appointment:
        """Note that the patient is here."""
        return visits.check_in(actor=self.actor, appointment=row)

    @does("appointment.start")
    def start(self, row: Appointment) -> Appointment:
        """Begin the session now."""
        return visits.start(actor=self.actor, appointment=row)

    @does("appointment.complete", inputs.Completion, answers=SessionOutput)
    def complete(self, row: Appointment, **times: Any) -> Session:
        """Complete the session and use its actual units."""
        return visits.complete(actor=self.actor, appointment=row, **times)

    @does("appointment.reopen", inputs.Reopening)
    def reopen(self, row: Appointment, *, reason: str) -> Appointment:
        """Take a completion back, with a reason; its units are reserved again."""
        return visits.reopen(actor=self.actor, appointment=row, reason=reason)

    @does("appointment.cancel", inputs.Cancellation)
    def cancel(self, row: Appointment, **fields: Any) -> Appointment:
        """Cancel an appointment and give its units back."""
        return cancellation.cancel(actor=self.actor, appointment=row, **fields)

    @does("appointment.mark_no_show")
    def no_show(self, row: Appointment) -> Appointment:
        """Note that the patient did not come; the units are given back."""
        return cancellation.mark_no_show(actor=self.actor, appointment=row)

    @does("appointment.restore")
    def restore(self, row: Appointment) -> Appointment:
        """Undo a check-in; or a cancellation or no-show, if time and units are still free."""
        return cancellation.restore(actor=self.actor, appointment=row)
