"""Outcomes of recent appointments that every demo must show."""

from __future__ import annotations

from datetime import datetime

from clinic.demo.appointments import Calendar, PlannedAppointment
from scheduling.models import Status


def set_recent_outcomes(
    calendar: Calendar, planned_appointments: list[PlannedAppointment], *, now: datetime
) -> None:
    """Make the latest appointments a no-show, a late cancellation, and two with unsigned notes."""
    past = [
        planned
        for planned in reversed(planned_appointments)
        if planned.status in (Status.COMPLETED, Status.CANCELLED, Status.NO_SHOW)
        and planned.ends_at <= now
        and not planned.uses_exact_units
    ]
    missed, late, drafted, unwritten = past[2], past[5], past[8], past[11]
    _undo(missed)
    calendar.miss(missed)
    _undo(late)
    calendar.cancel(late, hours_before=2)
    for planned in (drafted, unwritten):
        _undo(planned)
        calendar.complete(planned, cut_short=True)
        planned.signed_at, planned.addendum = None, False
        planned.has_note = planned is drafted


def _undo(planned: PlannedAppointment) -> None:
    planned.status = Status.SCHEDULED
    planned.cancelled_by = planned.cancel_reason = ""
    planned.cancelled_late = planned.cancelled_at = planned.missed_at = None
    planned.started_at = planned.ended_at = planned.completed_at = planned.used_units = None
    planned.has_note, planned.signed_at, planned.addendum = False, None, False
