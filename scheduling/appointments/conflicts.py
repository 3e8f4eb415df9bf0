"""Who and what stands in the way of an appointment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Q, prefetch_related_objects

from accounts.actor import Actor
from accounts.models import Patient, Practitioner
from billing.models import ServiceCode
from scheduling import access
from scheduling.errors import NotFree
from scheduling.models import Appointment, Room

Kind = Literal["practitioner", "patient", "room"]


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A time that is wanted: who, for what, when (instants) and where."""

    patient: Patient
    practitioner: Practitioner
    service_code: ServiceCode
    starts_at: datetime
    ends_at: datetime
    room: Room | None = None


def find(actor: Actor, slot: Slot, *, beside: Appointment | None = None) -> list[NotFree]:
    """What is in the way of `slot`, as the errors that booking would raise; the gravest first.

    The rules are those of the exclusion constraints (`models.lanes`), and some that lanes cannot
    say: a group is of one service and one practitioner, and who overrode a conflict still stands in
    the way of others. `beside` is the appointment that is being moved.
    """
    who = Q(practitioner=slot.practitioner) | Q(patient=slot.patient)
    if slot.room is not None:
        who |= Q(room=slot.room)
    others = (
        Appointment.objects.of(actor.organization)
        .occupying()
        .overlapping(slot.starts_at, slot.ends_at)
        .filter(who)
        .order_by("starts_at", "id")
    )
    if beside is not None:
        others = others.exclude(pk=beside.pk)
    found = [(kind, other) for other in others for kind in _clashes(slot, other)]
    return _errors(actor, found) if found else []


def _errors(actor: Actor, found: list[tuple[Kind, Appointment]]) -> list[NotFree]:
    """Names are read only here: mostly nothing is in the way."""
    others = [other for _, other in found]
    prefetch_related_objects(others, "patient", "practitioner", "service_code", "room")
    mine = access.appointments(actor).filter(pk__in=[other.pk for other in others])
    visible = set(mine.values_list("pk", flat=True))
    return [_error(actor, kind, other, named=other.pk in visible) for kind, other in found]


def _clashes(slot: Slot, other: Appointment) -> list[Kind]:
    service = slot.service_code
    is_group = (
        service.allows_group
        and other.allows_group
        and other.service_code_id == service.pk
        and other.practitioner_id == slot.practitioner.pk
        and other.patient_id != slot.patient.pk
    )
    is_concurrent = (
        service.allows_concurrent
        and other.allows_concurrent
        and other.service_code_id != service.pk
    )
    kinds: list[Kind] = []
    if other.practitioner_id == slot.practitioner.pk and not is_group:
        kinds.append("practitioner")
    if other.patient_id == slot.patient.pk and not is_concurrent:
        kinds.append("patient")
    shares_room = is_group or (is_concurrent and other.patient_id == slot.patient.pk)
    if slot.room is not None and other.room_id == slot.room.pk and not shares_room:
        kinds.append("room")
    return kinds


def _error(actor: Actor, kind: Kind, other: Appointment, *, named: bool) -> NotFree:
    """Names the appointment in the way to those who may see it; to others, only its time."""
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
