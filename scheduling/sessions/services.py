from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.actor import Actor
from accounts.writes import events
from accounts.writes.transaction import write
from billing import reasons
from billing.ledger import services as ledger
from billing.models import Reservation
from billing.units import units_for, whole_minutes
from scheduling.appointments import checks
from scheduling.appointments.arrival import advance
from scheduling.appointments.cancellation import require
from scheduling.appointments.errors import TimeInvalid, UnlawfulTransition
from scheduling.appointments.reservations import reserve_again
from scheduling.appointments.services import lock, save
from scheduling.models import Appointment, Session, Status

# A tablet's clock may run a little ahead of the server's.
CLOCK_SLACK = timedelta(minutes=2)


@write("appointment.start")
def start(*, actor: Actor, appointment: Appointment) -> Appointment:
    """Start the session now. Raises UnlawfulTransition, TimeInvalid, Conflict `day_not_come`."""
    locked = lock(actor, appointment)
    checks.day_has_come(actor, locked, "Start")
    if locked.status == Status.COMPLETED:
        raise UnlawfulTransition(
            "This appointment is completed. An administrator can reopen it, with a reason.",
            status=locked.status,
            wanted=Status.IN_PROGRESS.value,
        )
    require(locked, Status.IN_PROGRESS)
    now = timezone.now()
    _check_day(actor, locked, now)
    started = advance(actor, locked, Status.IN_PROGRESS, "appointment.started")
    _begin_session(started, now)
    return started


@write("appointment.complete")
def complete(
    *,
    actor: Actor,
    appointment: Appointment,
    started_at: datetime | None = None,
    ended_at: datetime | None = None,
) -> Session:
    """Write the session and consume its actual units; what was reserved beyond them is released.

    Without times: from when it was started (else booked) to now (else the booked end).
    Raises UnlawfulTransition, TimeInvalid, Conflict `day_not_come`, and the refusals of
    `ledger.consume` when the session ran longer than booked.
    """
    locked = lock(actor, appointment)
    checks.day_has_come(actor, locked, "Complete")
    require(locked, Status.COMPLETED)
    running = None
    if locked.status == Status.IN_PROGRESS:
        running = Session.objects.get(appointment=locked)
    begun = started_at or (running.started_at if running else locked.starts_at)
    ended = ended_at or (timezone.now() if running else locked.ends_at)
    _check_times(begun, ended)
    _check_day(actor, locked, begun)
    units = units_for(locked.service_code, whole_minutes(begun, ended))
    session = running or _begin_session(locked, begun)
    session.started_at, session.ended_at, session.units = begun, ended, units
    session.save(update_fields=["started_at", "ended_at", "units"])
    locked.status = Status.COMPLETED
    save(locked, ["status"])
    if locked.reservation is not None:
        ledger.consume(actor=actor, reservation=locked.reservation, units=units)
    events.record(
        actor=actor,
        action="appointment.completed",
        obj=locked,
        patient=locked.patient,
        session=session.pk,
        minutes=session.minutes,
        units=units,
        reserved=locked.reservation_units,
    )
    return session


@write("appointment.reopen")
def reopen(
    *, actor: Actor, appointment: Appointment, reason: str, version: int | None = None
) -> Appointment:
    """An administrator's correction: reverse the consumption and reserve its units again.

    The session is in progress again; a signed note stays locked. `version` is what the actor saw.
    Raises ReasonMissing, Invalid, UnlawfulTransition, Conflict `stale`, and the refusals of
    `ledger.reserve`.
    """
    reason = reasons.required(reason, of="reopening a session")
    locked = lock(actor, appointment, version=version)
    if locked.status != Status.COMPLETED:
        raise UnlawfulTransition(
            f"This appointment is {locked.get_status_display().lower()}: "
            "only a completed one can be reopened.",
            status=locked.status,
            wanted=Status.IN_PROGRESS.value,
        )
    session = Session.objects.get(appointment=locked)
    consumed = session.units
    if locked.reservation is not None:
        ledger.reverse(actor=actor, reservation=locked.reservation, reason=reason)
        reserve_again(actor, locked, units=reserved_if_reopened(locked.reservation))
    session.ended_at, session.units = None, None
    session.save(update_fields=["ended_at", "units"])
    locked.status = Status.IN_PROGRESS
    save(locked, ["status", "reservation"])
    events.record(
        actor=actor,
        action="appointment.reopened",
        obj=locked,
        patient=locked.patient,
        session=session.pk,
        reason=reason,
        reversed=consumed,
    )
    return locked


def may_start(actor: Actor, appointment: Appointment) -> bool:
    """Whether `start` would start its session now. One of an earlier day is completed instead."""
    return (
        appointment.status != Status.COMPLETED
        and appointment.may_become(Status.IN_PROGRESS)
        and _is_on_its_day(actor, appointment, timezone.now())
    )


def reserved_if_reopened(reservation: Reservation) -> int:
    """The units that reopening reserves: those consumed; all that were reserved, if that was 0."""
    return reservation.consumed_units or reservation.units


def _begin_session(appointment: Appointment, started_at: datetime) -> Session:
    """An appointment that was cancelled in progress, then restored, has a session already."""
    session, _ = Session.objects.update_or_create(
        appointment=appointment,
        defaults={
            "organization_id": appointment.organization_id,
            "patient_id": appointment.patient_id,
            "practitioner_id": appointment.practitioner_id,
            "started_at": started_at,
        },
    )
    return session


def _check_times(started_at: datetime, ended_at: datetime) -> None:
    checks.length(started_at, ended_at, field="ended_at")
    if ended_at > timezone.now() + CLOCK_SLACK:
        raise TimeInvalid(
            "The session cannot end in the future.", code="in_the_future", field="ended_at"
        )


def _check_day(actor: Actor, appointment: Appointment, started_at: datetime) -> None:
    """Units are reserved for the appointment's day: on another, dates and caps would not hold."""
    if not _is_on_its_day(actor, appointment, started_at):
        day = actor.organization.local(appointment.starts_at).date()
        raise TimeInvalid(
            f"This appointment is on {day:%-d %b %Y}. Enter the times of that day. "
            "For a session on another day, book that day.",
            code="other_day",
            field="started_at",
            date_of_service=day.isoformat(),
        )


def _is_on_its_day(actor: Actor, appointment: Appointment, started_at: datetime) -> bool:
    """Whether a start is on the appointment's day, or after midnight within the time booked."""
    local = actor.organization.local
    is_in_time = appointment.starts_at <= started_at < appointment.ends_at
    return is_in_time or local(started_at).date() == local(appointment.starts_at).date()
