"""Booking and moving: the calendar and the unit ledger in one transaction.

Locks are taken in one order everywhere: appointment, practitioner, patient, room, authorization.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Func, Value

from accounts.actor import Actor
from accounts.care_team import services as care_team
from accounts.errors import stale
from accounts.models import Patient, Practitioner
from accounts.writes import events
from accounts.writes.bulk_insert import insert_few
from accounts.writes.transaction import write
from billing.models import Authorization, Reservation, ServiceCode
from scheduling.appointments import checks, reservations
from scheduling.appointments import rules as booking_rules
from scheduling.appointments.booking import AuthorizationChoice, Booking
from scheduling.appointments.errors import NotFree
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

    BEST chooses the authorization once the patient's calendar is locked. With `override_reason` an
    administrator books despite conflicts. Raises the problems of `booking_rules`.
    """
    booking = Booking(
        actor=actor,
        patient=patient,
        practitioner=practitioner,
        service_code=service_code,
        starts_at=starts_at,
        ends_at=ends_at,
        authorization=authorization,
        location=location,
        room=room,
        override_reason=override_reason,
    )
    booking_rules.require(booking, booking_rules.ON_ENTRY + booking_rules.BEFORE_CALENDARS)
    appointment_id = _lock_calendars(booking)
    overridden = booking_rules.require(booking, booking_rules.WITH_CALENDARS)
    authorization = reservations.resolve_authorization(booking)
    reservation = reservations.reserve(booking, authorization, appointment_id)
    appointment = Appointment(
        pk=appointment_id,
        organization=actor.organization,
        patient=patient,
        created_by=actor.user,
        **_fields(booking, authorization, reservation, overridden),
    )
    insert_few(appointment)
    care_team.ensure(actor=actor, patient=patient, practitioner=practitioner)
    events.record(
        actor=actor,
        action="appointment.booked",
        obj=appointment,
        patient=patient,
        override_reason=appointment.override_reason,
        **_described(appointment),
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

    Old units are released and new ones reserved in one transaction, so that nobody else can get
    them in between. `version` is the one the actor saw. Raises Conflict `stale` and the problems of
    `booking_rules`.
    """
    booking = Booking(
        actor=actor,
        patient=appointment.patient,
        practitioner=practitioner,
        service_code=service_code,
        starts_at=starts_at,
        ends_at=ends_at,
        authorization=authorization,
        location=location,
        room=room,
        override_reason=override_reason,
        moving=appointment,
    )
    booking_rules.require(booking, booking_rules.ON_ENTRY)
    locked = lock(actor, appointment, version=version)
    booking = replace(booking, patient=locked.patient, moving=locked)
    booking_rules.require(booking, booking_rules.BEFORE_CALENDARS)
    _lock_calendars(booking)
    overridden = booking_rules.require(booking, booking_rules.WITH_CALENDARS)
    before = {**_described(locked), "room": locked.room_id}
    authorization = reservations.resolve_authorization(booking)
    reservation = reservations.move(booking, locked, authorization)
    fields = _fields(booking, authorization, reservation, overridden)
    for name, value in fields.items():
        setattr(locked, name, value)
    save(locked, fields)
    care_team.ensure(actor=actor, patient=locked.patient, practitioner=practitioner)
    events.record(
        actor=actor,
        action="appointment.rescheduled",
        obj=locked,
        patient=locked.patient,
        before=before,
        after={**_described(locked), "room": locked.room_id},
        override_reason=locked.override_reason,
    )
    return locked


def lock(actor: Actor, appointment: Appointment, *, version: int | None = None) -> Appointment:
    """Lock the appointment to the end of the transaction, if the actor may change it.

    Returns it as it is now. Raises NotFound, NotAllowed, and Conflict `stale` when its version is
    not `version`.
    """
    # Two statements: after a wait for the lock, only the locked row is read again. Rows joined to
    # it would still be the old ones, such as the reservation that a concurrent move released.
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
    """Lock the calendars of an appointment that takes its time again. Raises NotFree, Conflict.

    A conflict that was overridden when it was booked is not overridden again.
    """
    booking = Booking(
        actor=actor,
        patient=appointment.patient,
        practitioner=appointment.practitioner,
        service_code=appointment.service_code,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        room=appointment.room,
        moving=appointment,
    )
    _lock_people(booking)
    _lock_room(booking.room)
    booking_rules.require(booking, booking_rules.TAKING_TIME_AGAIN)


def _lock_calendars(booking: Booking) -> int:
    """Lock practitioner, patient and room, in this order. Returns the next appointment's id.

    Their `is_active` is then the current one, also where it changed while this waited.
    """
    appointment_id = _lock_people(booking)
    _lock_room(booking.room, booking.resolved_location)
    return appointment_id


def _lock_people(booking: Booking) -> int:
    """Lock both to the end of the transaction: also the practitioner that a move leaves.

    Returns the next appointment's id, which the same statement reads.
    """
    practitioner, patient, moving = booking.practitioner, booking.patient, booking.moving
    ids = {practitioner.pk, moving.practitioner_id if moving else practitioner.pk}
    next_id = Func(
        Value("scheduling_appointment_id_seq"), function="nextval", output_field=BigIntegerField()
    )
    rows = Practitioner.objects.select_for_update(no_key=True).order_by("pk").filter(pk__in=ids)
    states = {pk: rest for pk, *rest in rows.values_list("pk", "is_active", next_id)}
    practitioner.is_active, appointment_id = states[practitioner.pk]
    patients = Patient.objects.select_for_update(no_key=True)
    patient.is_active = patients.values_list("is_active", flat=True).get(pk=patient.pk)
    return int(appointment_id)


def _lock_room(room: Room | None, location: Location | None = None) -> None:
    """Lock the room to the end of the transaction.

    Two bookings that share neither practitioner nor patient meet only here, and where their lanes
    differ the database's constraint allows both. A location's row is only read, so that bookings
    there do not wait for each other.
    """
    if room is not None:
        rooms = Room.objects.select_for_update(no_key=True)
        room.is_active = rooms.values_list("is_active", flat=True).get(pk=room.pk)
    if location is not None:
        locations = Location.objects.values_list("is_active", flat=True)
        location.is_active = locations.get(pk=location.pk)


def _fields(
    booking: Booking,
    authorization: Authorization | None,
    reservation: Reservation | None,
    overridden: Sequence[NotFree],
) -> dict[str, Any]:
    """What booking and moving write to an appointment, by the names of its fields."""
    service = booking.service_code
    return {
        "practitioner": booking.practitioner,
        "service_code": service,
        "authorization": authorization,
        "reservation": reservation,
        "location": booking.resolved_location,
        "room": booking.room,
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at,
        "units": booking.units,
        "allows_concurrent": service.allows_concurrent,
        "allows_group": service.allows_group,
        "override_reason": booking.override_reason.strip() if overridden else "",
    }


def _described(appointment: Appointment) -> dict[str, object]:
    """For the events."""
    return {
        "practitioner": appointment.practitioner_id,
        "service": appointment.service_code.full_code,
        "authorization": appointment.authorization_id,
        "starts_at": appointment.starts_at.isoformat(),
        "ends_at": appointment.ends_at.isoformat(),
        "units": appointment.units,
    }
