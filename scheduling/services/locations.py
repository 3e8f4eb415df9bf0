"""Locations and rooms."""

from __future__ import annotations

from typing import TypeVar

from accounts.actor import Actor
from accounts.services import events
from accounts.services.transaction import write
from scheduling.models import Location, Room
from scheduling.services import checks


@write("location.create")
def create(*, actor: Actor, name: str, place_of_service: str = "11", address: str = "") -> Location:
    """Raises Conflict `location_exists`."""
    location = Location.objects.create(
        organization=actor.organization,
        name=name.strip(),
        place_of_service=place_of_service,
        address=address.strip(),
    )
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
) -> Location:
    """Raises Conflict `location_exists`."""
    checks.of_clinic(actor, location=location)
    return _change(
        actor,
        location,
        "location.updated",
        {
            "name": name.strip(),
            "place_of_service": place_of_service,
            "address": address.strip(),
            "is_active": is_active,
        },
    )


@write("room.create")
def create_room(*, actor: Actor, location: Location, name: str) -> Room:
    """Raises Conflict `room_exists`."""
    checks.of_clinic(actor, location=location)
    room = Room.objects.create(
        organization=actor.organization, location=location, name=name.strip()
    )
    events.record(actor=actor, action="room.created", obj=room, name=room.name)
    return room


@write("room.update")
def update_room(*, actor: Actor, room: Room, name: str, is_active: bool) -> Room:
    """Raises Conflict `room_exists`."""
    checks.of_clinic(actor, room=room)
    return _change(actor, room, "room.updated", {"name": name.strip(), "is_active": is_active})


Place = TypeVar("Place", Location, Room)


def _change(actor: Actor, place: Place, action: str, wanted: dict[str, object]) -> Place:
    changed = events.changes(place, wanted)
    for name, value in wanted.items():
        setattr(place, name, value)
    place.save(update_fields=list(wanted))
    if changed:
        events.record(actor=actor, action=action, obj=place, changes=changed)
    return place
