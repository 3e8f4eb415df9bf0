"""Locations and rooms."""

from __future__ import annotations

from accounts.actor import Actor
from accounts.services import events, fields
from accounts.services.rows import change, locked, refuse_stale
from accounts.services.transaction import write
from scheduling import access
from scheduling.models import Location, Room
from scheduling.services import checks


@write("location.create")
def create(*, actor: Actor, name: str, place_of_service: str = "11", address: str = "") -> Location:
    """Raises Invalid, Conflict `location_exists`."""
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
    name: str,
    place_of_service: str,
    address: str,
    is_active: bool,
    shown: str = "",
) -> Location:
    """`shown` is the digest of what a page showed.

    Raises NotFound, Invalid, Conflict `location_exists`, `stale`.
    """
    current = locked(access.locations(actor), location)
    wanted = {
        "name": name,
        "place_of_service": place_of_service,
        "address": address,
        "is_active": is_active,
    }
    refuse_stale(current, wanted, shown)
    return change(actor=actor, row=current, to=wanted, action="location.updated")


@write("room.create")
def create_room(*, actor: Actor, location: Location, name: str) -> Room:
    """Raises NotFound, Invalid, Conflict `room_exists`."""
    checks.of_clinic(actor, location=location)
    room = Room(organization=actor.organization, location=location, name=name.strip())
    fields.check(room)
    room.save(force_insert=True)
    events.record(actor=actor, action="room.created", obj=room, name=room.name)
    return room


@write("room.update")
def update_room(*, actor: Actor, room: Room, name: str, is_active: bool, shown: str = "") -> Room:
    """`shown` is the digest of what a page showed.

    Raises NotFound, Invalid, Conflict `room_exists`, `stale`.
    """
    current = locked(access.rooms(actor), room)
    wanted = {"name": name, "is_active": is_active}
    refuse_stale(current, wanted, shown)
    return change(actor=actor, row=current, to=wanted, action="room.updated")
