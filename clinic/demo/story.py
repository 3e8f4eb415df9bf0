"""What every clinic's recent days hold, and the demo must not leave to chance."""

from __future__ import annotations

from datetime import datetime

from clinic.demo.visits import Calendar, Visit
from scheduling.models import Status


def tell(calendar: Calendar, visits: list[Visit], *, now: datetime) -> None:
    """Among the latest visits: a no-show, a late cancellation, and notes still to be signed."""
    over = [
        visit
        for visit in reversed(visits)
        if visit.status in (Status.COMPLETED, Status.CANCELLED, Status.NO_SHOW)
        and visit.ends_at <= now
        and not visit.keeps_units
    ]
    missed, late, drafted, unwritten = over[2], over[5], over[8], over[11]
    _undo(missed)
    calendar.miss(missed)
    _undo(late)
    calendar.cancel(late, hours_before=2)
    for visit in (drafted, unwritten):
        _undo(visit)
        calendar.complete(visit, cut_short=True)
        visit.signed_at, visit.addendum = None, False
        visit.has_note = visit is drafted


def _undo(visit: Visit) -> None:
    visit.status = Status.SCHEDULED
    visit.cancelled_by = visit.cancel_reason = ""
    visit.cancelled_late = visit.cancelled_at = visit.missed_at = None
    visit.started_at = visit.ended_at = visit.completed_at = visit.used_units = None
    visit.has_note, visit.signed_at, visit.addendum = False, None, False
