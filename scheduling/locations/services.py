"""Locations and rooms."""

from __future__ import annotations

from typing import TypedDict, Unpack

from accounts.actor import Actor
from accounts.errors import Conflict, DomainError, translates
from accounts.writes import events, fields
from accounts.writes.rows import change, locked, refuse_stale, require_own_clinic
from accounts.writes.transaction import write
from scheduling import access
from scheduling.models import Location, Room


class LocationDetails(TypedDict, total=False):
    name: str
    place_of_service: str
    address: str
    is_active: bool


class RoomDetails(TypedDict, total=False):
    name: str
    is_active: bool


@write("location.create")
def create(*, actor: Actor, name: str, place_of_service: str = "11", address: str = "") -> Location:
    """Add a location. Raises Invalid, Conflict `location_exists`."""
    location = Location(
        organization=actor.organization,
        name=name.strip(),
        place_of_service=place_of_service,
        address=address.strip(),
    )
    fields.check(location)
    location.save(force_insert=True)
    events.record(actor=actor, action="location.created", obj=location, name=location.name)
    return location


@write("location.update")
def update(
    *,
    actor: Actor,
    location: Location,
    expected_digest: str = "",
    **details: Unpack[LocationDetails],
) -> Location:
    """Change the given details. `expected_digest` is the digest of the row that the page showed.

    Raises NotFound, Invalid, Conflict `location_exists`, `stale`.
    """
    current = locked(access.locations(actor), location)
    refuse_stale(current, details, expected_digest)
    return change(actor=actor, row=current, to=details, action="location.updated")


@write("room.create")
def create_room(*, actor: Actor, location: Location, name: str) -> Room:
    """Add a room to a location. Raises NotFound, Invalid, Conflict `room_exists`."""
    require_own_clinic(actor, location=location)
    room = Room(organization=actor.organization, location=location, name=name.strip())
    fields.check(room)
    room.save(force_insert=True)
    events.record(actor=actor, action="room.created", obj=room, name=room.name)
    return room


@write("room.update")
def update_room(
    *, actor: Actor, room: Room, expected_digest: str = "", **details: Unpack[RoomDetails]
) -> Room:
    """Change the given details. `expected_digest` is the digest of the row that the page showed.

    Raises NotFound, Invalid, Conflict `room_exists`, `stale`.
    """
    current = locked(access.rooms(actor), room)
    refuse_stale(current, details, expected_digest)
    return change(actor=actor, row=current, to=details, action="room.updated")


@translates("location_name_once")
def location_exists() -> DomainError:
    return Conflict(
        "A location with this name already exists.", code="location_exists", field="name"
    )


@translates("room_name_once")
def room_exists() -> DomainError:
    return Conflict(
        "A room with this name already exists at this location.", code="room_exists", field="name"
    )
