"""Booking and moving: the calendar and the unit ledger in one transaction.

Locks are taken in one order everywhere: appointment, practitioner, patient, room, authorization.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import BigIntegerField, Func, Value

from accounts import permissions
from accounts.actor import Actor
from accounts.care_team import services as care_team
from accounts.errors import stale
from accounts.models import Patient, Practitioner
from accounts.writes import events
from accounts.writes.bulk_insert import insert_few
from accounts.writes.transaction import write
from billing.models import ServiceCode
from scheduling.appointments import checks, conflicts, reservations
from scheduling.appointments.conflicts import Slot
from scheduling.appointments.reservations import BEST, AuthorizationChoice
from scheduling.models import Appointment, Location, Room


@write("appointment.book")
def book(
    *,
    actor: Actor,
    patient: Patient,
    practitioner: Practitioner,
    service_code: ServiceCode,
    starts_at: datetime,
    ends_at: datetime,
    authorization: AuthorizationChoice = None,
    location: Location | None = None,
    room: Room | None = None,
    override_reason: str = "",
) -> Appointment:
    """Book an appointment and reserve its units; without an authorization it is private pay.

    BEST draws on what suits best, as things are when the patient's calendar is held.
    `override_reason` lets an administrator book over what is in the way. Raises TimeInvalid,
    NotFree, NotAllowed, and the refusals of `billing.ledger.services.reserve`.
    """
    checks.of_clinic(
        actor,
        patient=patient,
        practitioner=practitioner,
        service_code=service_code,
        authorization=None if authorization == BEST else authorization,
        location=location,
        room=room,
    )
    checks.times(actor, starts_at, ends_at)
    location = checks.place(location, room)
    units = checks.units(service_code, starts_at, ends_at)
    checks.require_active(service_code=service_code, location=location, room=room)
    checks.own_calendar(actor, practitioner, patient)
    slot = Slot(
        patient=patient,
        practitioner=practitioner,
        service_code=service_code,
        starts_at=starts_at,
        ends_at=ends_at,
        room=room,
    )

    appointment_id = _lock_people(practitioner, patient)
    _lock_room(room, location)
    checks.require_active(location=location, room=room)
    overridden = _refuse_conflicts(actor, slot, override_reason)
    authorization = reservations.resolve_authorization(actor, slot, authorization, units)
    reservation = None
    if authorization is not None:
        reservation = reservations.reserve(actor, slot, authorization, units, appointment_id)
    appointment = Appointment(
        pk=appointment_id,
        organization=actor.organization,
        patient=patient,
        practitioner=practitioner,
        service_code=service_code,
        authorization=authorization,
        reservation=reservation,
        location=location,
        room=room,
        starts_at=starts_at,
        ends_at=ends_at,
        units=units,
        allows_concurrent=service_code.allows_concurrent,
        allows_group=service_code.allows_group,
        override_reason=override_reason.strip() if overridden else "",
        created_by=actor.user,
    )
    insert_few(appointment)
    care_team.ensure(actor=actor, patient=patient, practitioner=practitioner)
    events.record(
        actor=actor,
        action="appointment.booked",
        obj=appointment,
        patient=patient,
        practitioner=practitioner.pk,
        service=service_code.full_code,
        starts_at=starts_at.isoformat(),
        ends_at=ends_at.isoformat(),
        units=units,
        authorization=authorization.pk if authorization else None,
        override_reason=appointment.override_reason,
    )
    return appointment


@write("appointment.reschedule")
def reschedule(
    *,
    actor: Actor,
    appointment: Appointment,
    starts_at: datetime,
    ends_at: datetime,
    practitioner: Practitioner,
    service_code: ServiceCode,
    authorization: AuthorizationChoice,
    location: Location | None,
    room: Room | None,
    version: int | None = None,
    override_reason: str = "",
) -> Appointment:
    """Move an appointment, or change who gives it, what and where; its units move along.

    Old units are given back and new ones taken under the same lock, so they cannot be lost on the
    way. `version` is the one the actor saw. Raises Conflict `stale`, UnlawfulTransition, and what
    `book` raises.
    """
    checks.of_clinic(
        actor,
        practitioner=practitioner,
        service_code=service_code,
        authorization=None if authorization == BEST else authorization,
        location=location,
        room=room,
    )
    checks.times(actor, starts_at, ends_at)
    location = checks.place(location, room)
    units = checks.units(service_code, starts_at, ends_at)

    locked = lock(actor, appointment, version=version)
    patient = locked.patient
    checks.require_active_if_changed(
        locked, service_code=service_code, location=location, room=room
    )
    checks.own_calendar(actor, practitioner, patient)
    checks.movable(locked)
    slot = Slot(
        patient=patient,
        practitioner=practitioner,
        service_code=service_code,
        starts_at=starts_at,
        ends_at=ends_at,
        room=room,
    )
    _lock_people(practitioner, patient, leaving=locked.practitioner_id)
    _lock_room(room, location)
    checks.require_active_if_changed(locked, location=location, room=room)
    overridden = _refuse_conflicts(actor, slot, override_reason, beside=locked)
    before = _described(locked)
    authorization = reservations.resolve_authorization(
        actor, slot, authorization, units, beside=locked
    )
    reservation = reservations.move(actor, locked, slot, authorization, units)
    locked.practitioner = practitioner
    locked.service_code = service_code
    locked.authorization = authorization
    locked.reservation = reservation
    locked.location = location
    locked.room = room
    locked.starts_at, locked.ends_at, locked.units = starts_at, ends_at, units
    locked.allows_concurrent = service_code.allows_concurrent
    locked.allows_group = service_code.allows_group
    locked.override_reason = override_reason.strip() if overridden else ""
    save(locked, MOVED)
    care_team.ensure(actor=actor, patient=patient, practitioner=practitioner)
    events.record(
        actor=actor,
        action="appointment.rescheduled",
        obj=locked,
        patient=patient,
        before=before,
        after=_described(locked),
        override_reason=locked.override_reason,
    )
    return locked


MOVED = (
    "practitioner",
    "service_code",
    "authorization",
    "reservation",
    "location",
    "room",
    "starts_at",
    "ends_at",
    "units",
    "allows_concurrent",
    "allows_group",
    "override_reason",
)


def lock(actor: Actor, appointment: Appointment, *, version: int | None = None) -> Appointment:
    """The appointment as it is now, held to the end of the transaction, if the actor may change it.

    Raises NotFound, NotAllowed, Conflict `stale` when `version` is not the one it has.
    """
    # Two statements: rows joined to a locked one are those from before the wait for the lock, so
    # that a move which came first would hide its new reservation from the one who waited.
    Appointment.objects.select_for_update(no_key=True).values_list("pk").get(pk=appointment.pk)
    locked = Appointment.objects.select_related(
        "patient", "practitioner", "service_code", "authorization", "reservation"
    ).get(pk=appointment.pk)
    checks.require_changeable(actor, locked)
    if version is not None and locked.version != version:
        raise stale("appointment")
    return locked


def save(appointment: Appointment, fields: Iterable[str]) -> None:
    appointment.version += 1
    appointment.save(update_fields=[*fields, "version"])


def refuse_conflicts_of(actor: Actor, appointment: Appointment) -> None:
    """For an appointment that takes up time again: raises NotFree for what took its place.

    What it was once booked over is no answer to what is there now.
    """
    _lock_people(appointment.practitioner, appointment.patient)
    _lock_room(appointment.room)
    slot = Slot(
        patient=appointment.patient,
        practitioner=appointment.practitioner,
        service_code=appointment.service_code,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        room=appointment.room,
    )
    _refuse_conflicts(actor, slot, "", beside=appointment)


def _lock_people(
    practitioner: Practitioner, patient: Patient, *, leaving: int | None = None
) -> int:
    """Hold the calendars to the end of the transaction; the next appointment's id comes along.

    `leaving` is the practitioner an appointment is moved away from. Raises Conflict for whoever
    was set inactive, also if that was while this waited.
    """
    next_id = Func(
        Value("scheduling_appointment_id_seq"), function="nextval", output_field=BigIntegerField()
    )
    calendars = Practitioner.objects.select_for_update(no_key=True).order_by("pk")
    held = calendars.filter(pk__in={practitioner.pk, leaving or practitioner.pk})
    rows = {pk: rest for pk, *rest in held.values_list("pk", "is_active", next_id)}
    practitioner.is_active, appointment_id = rows[practitioner.pk]
    whose = Patient.objects.select_for_update(no_key=True)
    patient.is_active = whose.values_list("is_active", flat=True).get(pk=patient.pk)
    checks.require_active(patient=patient, practitioner=practitioner)
    return int(appointment_id)


def _lock_room(room: Room | None, location: Location | None = None) -> None:
    """Hold the room's calendar too; whether room and location are in use is then known as of now.

    Two who share neither practitioner nor patient meet only here, and where their lanes differ the
    database lets both in. A location's row is only read: bookings there need not wait in line.
    """
    if room is not None:
        rooms = Room.objects.select_for_update(no_key=True)
        room.is_active = rooms.values_list("is_active", flat=True).get(pk=room.pk)
    if location is not None:
        locations = Location.objects.values_list("is_active", flat=True)
        location.is_active = locations.get(pk=location.pk)


def _refuse_conflicts(
    actor: Actor, slot: Slot, override_reason: str, *, beside: Appointment | None = None
) -> bool:
    """Whether something is in the way that an administrator chose to override."""
    found = conflicts.find(actor, slot, beside=beside)
    if not found:
        return False
    if not override_reason.strip():
        raise found[0]
    permissions.require(actor.role, "appointment.override")
    return True


def _described(appointment: Appointment) -> dict[str, object]:
    return {
        "practitioner": appointment.practitioner_id,
        "service": appointment.service_code.full_code,
        "authorization": appointment.authorization_id,
        "room": appointment.room_id,
        "starts_at": appointment.starts_at.isoformat(),
        "ends_at": appointment.ends_at.isoformat(),
        "units": appointment.units,
    }
