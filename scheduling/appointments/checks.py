"""Checks that several services of this app share. The rules of booking are in `booking_rules`."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from accounts.access import patients
from accounts.actor import Actor
from accounts.errors import Conflict, NotAllowed, NotFound
from accounts.roles import Role
from accounts.writes.rows import require_own_clinic
from billing.models import ServiceCode
from billing.units import elapsed, units_for, whole_minutes
from scheduling.access import may_change
from scheduling.appointments.errors import TimeInvalid
from scheduling.models import Appointment
from scheduling.models.appointment import MAX_APPOINTMENT_DURATION


def length(starts_at: datetime, ends_at: datetime, *, field: str = "ends_at") -> None:
    """Raises TimeInvalid for what ends before it starts, or lasts more than a day."""
    lasts = elapsed(starts_at, ends_at)
    if lasts <= timedelta():
        raise TimeInvalid(
            "The end must come after the start.", code="ends_before_start", field=field
        )
    if lasts > MAX_APPOINTMENT_DURATION:
        minutes = math.ceil(lasts.total_seconds() / 60)
        raise TimeInvalid(
            f"It lasts {minutes // 60:,} h {minutes % 60} min: 24 hours at most.",
            code="too_long",
            field=field,
        )


def units(service_code: ServiceCode, starts_at: datetime, ends_at: datetime) -> int:
    """The units of that time. Raises TimeInvalid when it is too short for one."""
    minutes = whole_minutes(starts_at, ends_at)
    found = units_for(service_code, minutes)
    if found == 0:
        raise TimeInvalid(
            f"{minutes} min is too short for a unit of {service_code.full_code}.",
            code="too_short",
            field="ends_at",
            minutes=minutes,
        )
    return found


def require_changeable(actor: Actor, appointment: Appointment) -> None:
    """Raises NotFound or NotAllowed for an appointment that is not the actor's to change."""
    require_own_clinic(actor, appointment=appointment)
    if not may_change(actor, appointment):
        raise NotAllowed(
            "This is a colleague's appointment. Ask them or the front desk.",
            code="not_own_appointment",
        )
    if (
        actor.role == Role.PATIENT
        and not patients(actor).filter(pk=appointment.patient_id).exists()
    ):
        raise NotFound("That appointment was not found.")


def has_come(actor: Actor, appointment: Appointment) -> bool:
    """Whether the clinic's date of the appointment is today or past."""
    return actor.organization.local(appointment.starts_at).date() <= actor.organization.today()


def day_has_come(actor: Actor, appointment: Appointment, what: str) -> None:
    """Raises Conflict when the clinic's date of the appointment is still ahead."""
    if not has_come(actor, appointment):
        day = actor.organization.local(appointment.starts_at).date()
        raise Conflict(
            f"This appointment is on {day:%-d %b %Y}. {what} it on that day.",
            code="day_not_come",
            date_of_service=day.isoformat(),
        )
