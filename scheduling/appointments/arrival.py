from __future__ import annotations

from accounts.actor import Actor
from accounts.writes import events
from accounts.writes.transaction import write
from scheduling.appointments import checks
from scheduling.appointments.cancellation import require
from scheduling.appointments.services import lock, save
from scheduling.models import Appointment, Status


@write("appointment.confirm")
def confirm(*, actor: Actor, appointment: Appointment, version: int | None = None) -> Appointment:
    """Record that the patient will come. Raises UnlawfulTransition, Conflict `stale`.

    `version` is the one the actor saw: the patient has confirmed that date and time, no other.
    """
    locked = lock(actor, appointment, version=version)
    return advance(actor, locked, Status.CONFIRMED, "appointment.confirmed")


@write("appointment.check_in")
def check_in(*, actor: Actor, appointment: Appointment) -> Appointment:
    """Record that the patient has arrived. Raises UnlawfulTransition, Conflict `day_not_come`."""
    locked = lock(actor, appointment)
    checks.day_has_come(actor, locked, "Check in")
    return advance(actor, locked, Status.ARRIVED, "appointment.arrived")


def advance(actor: Actor, locked: Appointment, status: Status, action: str) -> Appointment:
    """Set the status and record `action` as the event. Raises UnlawfulTransition."""
    require(locked, status)
    before = locked.status
    locked.status = status
    save(locked, ["status"])
    events.record(actor=actor, action=action, obj=locked, patient=locked.patient, before=before)
    return locked
