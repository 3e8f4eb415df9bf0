"""The appointments that conflict with a wanted one."""

from __future__ import annotations

from typing import Literal

from django.db.models import Q, prefetch_related_objects

from accounts.actor import Actor
from scheduling import access
from scheduling.appointments.booking import Booking
from scheduling.appointments.errors import NotFree
from scheduling.models import Appointment

Kind = Literal["practitioner", "patient", "room"]


def find(booking: Booking) -> list[NotFree]:
    """The conflicts of a booking, as the errors that it would raise; by start of the other one.

    The rules are those of the exclusion constraints (`models.lanes`), and some that lanes cannot
    express: a group is of one service and one practitioner, and an appointment that overrode a
    conflict still conflicts with others. An appointment that is being moved has none with itself.
    """
    who = Q(practitioner=booking.practitioner) | Q(patient=booking.patient)
    if booking.room is not None:
        who |= Q(room=booking.room)
    others = (
        Appointment.objects.of(booking.actor.organization)
        .occupying()
        .overlapping(booking.starts_at, booking.ends_at)
        .filter(who)
        .order_by("starts_at", "id")
    )
    if booking.moving is not None:
        others = others.exclude(pk=booking.moving.pk)
    found = [(kind, other) for other in others for kind in _clashes(booking, other)]
    return _errors(booking.actor, found) if found else []


def _errors(actor: Actor, found: list[tuple[Kind, Appointment]]) -> list[NotFree]:
    """Reads the names for the messages only here, as most bookings have no conflict."""
    others = [other for _, other in found]
    prefetch_related_objects(others, "patient", "practitioner", "service_code", "room")
    mine = access.appointments(actor).filter(pk__in=[other.pk for other in others])
    visible = set(mine.values_list("pk", flat=True))
    return [_error(actor, kind, other, named=other.pk in visible) for kind, other in found]


def _clashes(booking: Booking, other: Appointment) -> list[Kind]:
    service = booking.service_code
    is_group = (
        service.allows_group
        and other.allows_group
        and other.service_code_id == service.pk
        and other.practitioner_id == booking.practitioner.pk
        and other.patient_id != booking.patient.pk
    )
    is_concurrent = (
        service.allows_concurrent
        and other.allows_concurrent
        and other.service_code_id != service.pk
    )
    kinds: list[Kind] = []
    if other.practitioner_id == booking.practitioner.pk and not is_group:
        kinds.append("practitioner")
    if other.patient_id == booking.patient.pk and not is_concurrent:
        kinds.append("patient")
    shares_room = is_group or (is_concurrent and other.patient_id == booking.patient.pk)
    if booking.room is not None and other.room_id == booking.room.pk and not shares_room:
        kinds.append("room")
    return kinds


def _error(actor: Actor, kind: Kind, other: Appointment, *, named: bool) -> NotFree:
    """Describes the other appointment to those who may see it; to others gives only its time."""
    local = actor.organization.local
    time = f"{local(other.starts_at):%-d %b, %H:%M}–{local(other.ends_at):%H:%M}"
    taken = {"practitioner": other.practitioner, "patient": other.patient, "room": other.room}
    who = str(taken[kind]) if kind != "patient" else "The patient"
    what = _description(kind, other) if named else "another appointment"
    return NotFree(
        f"{who} already has {what}, {time}.",
        code=f"{kind}_not_free",
        field="room" if kind == "room" else "starts_at",
        starts_at=other.starts_at.isoformat(),
        ends_at=other.ends_at.isoformat(),
        **({"appointment": other.pk} if named else {}),
    )


def _description(kind: Kind, other: Appointment) -> str:
    if kind == "patient":
        return f"{other.service_code.full_code} with {other.practitioner}"
    return f"{other.patient.called_name} ({other.service_code.full_code})"
