"""The cheap refusals: what is wrong with an appointment before any row is locked."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.access import patients, treated_patients
from accounts.actor import Actor
from accounts.errors import Conflict, Invalid, NotAllowed, NotFound
from accounts.models import Patient, Practitioner
from accounts.roles import Role
from billing.models import ServiceCode
from billing.units import elapsed, units_for, whole_minutes
from scheduling.access import may_change
from scheduling.errors import TimeInvalid, UnlawfulTransition
from scheduling.models import Appointment, Location, Room
from scheduling.models.appointment import LONGEST

FARTHEST = timedelta(days=731)


def times(actor: Actor, starts_at: datetime, ends_at: datetime) -> None:
    """Raises TimeInvalid. An appointment may begin earlier today: somebody walked in."""
    length(starts_at, ends_at)
    if actor.organization.local(starts_at).date() < actor.organization.today():
        raise TimeInvalid(
            "That date has passed. Choose today or later.", code="in_the_past", field="starts_at"
        )
    if starts_at > timezone.now() + FARTHEST:
        raise TimeInvalid(
            "That is more than two years ahead.", code="too_far_ahead", field="starts_at"
        )


def length(starts_at: datetime, ends_at: datetime, *, field: str = "ends_at") -> None:
    """Raises TimeInvalid for what ends before it starts, or lasts more than a day."""
    lasts = elapsed(starts_at, ends_at)
    if lasts <= timedelta():
        raise TimeInvalid(
            "The end must come after the start.", code="ends_before_start", field=field
        )
    if lasts > LONGEST:
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


def of_clinic(actor: Actor, **named: object) -> None:
    """Raises NotFound for anything of another clinic, naming the field at fault."""
    for field, thing in named.items():
        if thing is not None and thing.organization_id != actor.organization.pk:  # type: ignore[attr-defined]
            raise NotFound("Choose one of this clinic.", field=field)


def require_active(**named: Patient | Practitioner | ServiceCode | Location | Room | None) -> None:
    """Raises Conflict for somebody or something that was set inactive, naming the field."""
    for field, thing in named.items():
        if thing is not None and not thing.is_active:
            raise Conflict(f"{thing} is no longer active.", code=f"{field}_inactive", field=field)


def require_active_if_changed(
    appointment: Appointment, **named: ServiceCode | Location | Room | None
) -> None:
    """As `require_active`, for what a move changes: what the appointment has, it may keep."""
    for field, thing in named.items():
        if thing is not None and thing.pk != getattr(appointment, f"{field}_id"):
            require_active(**{field: thing})


def place(location: Location | None, room: Room | None) -> Location | None:
    """The location, taken from the room when only that is given. Raises Invalid if they differ."""
    if room is None:
        return location
    if location is not None and room.location_id != location.pk:
        raise Invalid(f"{room.name} is not at {location}.", code="room_elsewhere", field="room")
    return room.location


def own_calendar(actor: Actor, practitioner: Practitioner, patient: Patient) -> None:
    """Raises NotAllowed when a practitioner reaches into a colleague's calendar or patients.

    Broken glass is not enough: whoever is booked joins the care team for good.
    """
    if actor.role != Role.PRACTITIONER:
        return
    if practitioner.pk != actor.practitioner_id:
        raise NotAllowed(
            "You can book into your own calendar only. Ask the front desk for another's.",
            code="not_own_calendar",
            field="practitioner",
        )
    if not treated_patients(actor).filter(pk=patient.pk).exists():
        raise NotAllowed(
            "This patient is not in your care. Ask an administrator to add you to the care team.",
            code="not_in_care_team",
            field="patient",
        )


def require_changeable(actor: Actor, appointment: Appointment) -> None:
    """Raises NotFound or NotAllowed for an appointment that is not the actor's to change."""
    of_clinic(actor, appointment=appointment)
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


def movable(appointment: Appointment) -> None:
    """Raises UnlawfulTransition for one that has begun, ended or been cancelled."""
    if not appointment.is_movable:
        raise UnlawfulTransition(
            f"This appointment is {appointment.get_status_display().lower()} and cannot be moved.",
            status=appointment.status,
        )


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
