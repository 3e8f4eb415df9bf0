"""What every clinic's recent days hold, and the demo must not leave to chance."""

from __future__ import annotations

from datetime import datetime

from clinic.demo.appointments import Calendar, PlannedAppointment
from scheduling.models import Status


def tell(
    calendar: Calendar, planned_appointments: list[PlannedAppointment], *, now: datetime
) -> None:
    """Make the latest appointments a no-show, a late cancellation, and two with unsigned notes."""
    over = [
        planned
        for planned in reversed(planned_appointments)
        if planned.status in (Status.COMPLETED, Status.CANCELLED, Status.NO_SHOW)
        and planned.ends_at <= now
        and not planned.keeps_units
    ]
    missed, late, drafted, unwritten = over[2], over[5], over[8], over[11]
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
