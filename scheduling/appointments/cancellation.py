"""Cancels appointments, marks them as no-shows, and restores them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.actor import Actor
from accounts.errors import Conflict
from accounts.models import Organization
from accounts.roles import Role
from accounts.writes import events
from accounts.writes.transaction import write
from billing.ledger import services as ledger
from scheduling.appointments.errors import UnlawfulTransition
from scheduling.appointments.reservations import reserve_again
from scheduling.appointments.services import lock, refuse_conflicts_of, save
from scheduling.models import Appointment, Status
from scheduling.models.appointment import OCCUPYING

BY_ROLE = {
    Role.PATIENT: Appointment.CancelledBy.PATIENT,
    Role.PRACTITIONER: Appointment.CancelledBy.PRACTITIONER,
}
CANCELLATION = ("status", "cancelled_by", "cancel_reason", "cancelled_late")
RESTORED = (*CANCELLATION, "reservation", "override_reason", "allows_concurrent", "allows_group")


@write("appointment.cancel")
def cancel(
    *,
    actor: Actor,
    appointment: Appointment,
    reason: str = "",
    cancelled_by: str = "",
    version: int | None = None,
) -> Appointment:
    """Cancel and release the units. Late when less than the clinic's notice is left.

    `cancelled_by` is who asked for it, if that is not the actor's own side. `version` is the one
    the actor saw. Patients may cancel only while it is not late, and only if the clinic lets them.
    Raises UnlawfulTransition, Conflict `too_late_to_cancel`, `cancel_by_phone`, `stale`.
    """
    locked = lock(actor, appointment, version=version)
    require(locked, Status.CANCELLED)
    is_late = would_be_late(locked)
    if actor.role == Role.PATIENT:
        _check_patient_may(actor, is_late=is_late)
    locked.status = Status.CANCELLED
    locked.cancelled_by = _side(actor, cancelled_by)
    locked.cancel_reason = reason.strip()
    locked.cancelled_late = is_late
    save(locked, CANCELLATION)
    released = _release(actor, locked, "cancelled")
    events.record(
        actor=actor,
        action="appointment.cancelled",
        obj=locked,
        patient=locked.patient,
        by=locked.cancelled_by,
        late=is_late,
        released=released,
    )
    return locked


@write("appointment.mark_no_show")
def mark_no_show(
    *, actor: Actor, appointment: Appointment, version: int | None = None
) -> Appointment:
    """The patient did not come: release the units. Only once the time has begun.

    `version` is the one the actor saw. Raises UnlawfulTransition, Conflict `not_begun`, `stale`.
    """
    locked = lock(actor, appointment, version=version)
    require(locked, Status.NO_SHOW)
    if not has_begun(locked):
        raise Conflict("The appointment has not begun yet.", code="not_begun")
    locked.status = Status.NO_SHOW
    save(locked, ["status"])
    released = _release(actor, locked, "no-show")
    events.record(
        actor=actor,
        action="appointment.no_show",
        obj=locked,
        patient=locked.patient,
        released=released,
    )
    return locked


@write("appointment.restore")
def restore(*, actor: Actor, appointment: Appointment, version: int | None = None) -> Appointment:
    """Undo a check-in, a cancellation or a no-show: the appointment is scheduled again.

    After the latter two it takes its time again and its units are reserved again, if its time is
    free and enough units are available. A conflict that was overridden must be gone by now: the
    override does not count again. What it may overlap with is what its service allows now.

    `version` is the one the actor saw. Raises UnlawfulTransition, Conflict `stale`, NotFree, and
    the refusals of `ledger.reserve`.
    """
    locked = lock(actor, appointment, version=version)
    before = locked.status
    require(locked, Status.SCHEDULED)
    if before not in OCCUPYING:
        _take_again(actor, locked)
    locked.status = Status.SCHEDULED
    save(locked, RESTORED)
    events.record(
        actor=actor,
        action="appointment.restored",
        obj=locked,
        patient=locked.patient,
        before=before,
    )
    return locked


def _take_again(actor: Actor, locked: Appointment) -> None:
    """Check that its time is still free, and reserve its units again."""
    refuse_conflicts_of(actor, locked)
    locked.allows_concurrent = locked.service_code.allows_concurrent
    locked.allows_group = locked.service_code.allows_group
    reserve_again(actor, locked, units=locked.units)
    locked.cancelled_by, locked.cancel_reason, locked.cancelled_late = "", "", None
    locked.override_reason = ""


def require(appointment: Appointment, status: Status) -> None:
    """Raises UnlawfulTransition unless the appointment may change to this status."""
    if not appointment.may_become(status):
        raise UnlawfulTransition(
            f"This appointment is {appointment.get_status_display().lower()}: "
            f"it cannot become {status.label.lower()}.",
            status=appointment.status,
            wanted=status.value,
        )


def has_begun(appointment: Appointment) -> bool:
    """Whether the appointment has started, so that the patient can have missed it."""
    return appointment.starts_at <= timezone.now()


def would_be_late(appointment: Appointment) -> bool:
    """Whether cancelling now leaves less than the clinic's notice."""
    return appointment.starts_at < late_before(appointment.organization)


def late_before(organization: Organization) -> datetime:
    """An appointment that starts before this instant is late to cancel now."""
    return timezone.now() + timedelta(hours=organization.late_cancellation_hours)


def patient_may_cancel(appointment: Appointment) -> bool:
    return (
        appointment.organization.patients_may_cancel
        and appointment.may_become(Status.CANCELLED)
        and not would_be_late(appointment)
    )


def _check_patient_may(actor: Actor, *, is_late: bool) -> None:
    clinic = actor.organization
    call = f"Please call the clinic{f' at {clinic.phone}' if clinic.phone else ''}."
    if not clinic.patients_may_cancel:
        raise Conflict(f"This clinic takes cancellations by phone. {call}", code="cancel_by_phone")
    if is_late:
        raise Conflict(
            f"The appointment is in less than {clinic.late_cancellation_hours} hours. {call}",
            code="too_late_to_cancel",
            hours=clinic.late_cancellation_hours,
        )


def _side(actor: Actor, requested_by: str) -> str:
    if actor.role == Role.PATIENT or not requested_by:
        return BY_ROLE.get(actor.role, Appointment.CancelledBy.CLINIC)
    return Appointment.CancelledBy(requested_by)


def _release(actor: Actor, appointment: Appointment, reason: str) -> int:
    """Release the appointment's units. Returns how many."""
    if appointment.reservation is None:
        return 0
    ledger.release(actor=actor, reservation=appointment.reservation, reason=reason)
    return appointment.reservation_units
