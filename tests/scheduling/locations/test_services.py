"""Locations and rooms: what they may be called, whose they are, and what a change leaves behind."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.errors import Conflict, Invalid, NotFound
from accounts.models import Event
from scheduling.locations import services as locations
from scheduling.models import Location, Room
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(clinic) -> Room:
    return factories.RoomFactory(organization=clinic)


def terms(location: Location) -> dict[str, Any]:
    return {
        name: getattr(location, name)
        for name in ("name", "place_of_service", "address", "is_active")
    }


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "Main\x07"}, "name"),
        ({"place_of_service": "1"}, "place_of_service"),
        ({"address": "x" * 251}, "address"),
    ],
)
def test_what_a_location_refuses(admin, room, changed, field) -> None:
    with pytest.raises(Invalid) as new:
        locations.create(actor=admin, **{"name": "North", **changed})
    with pytest.raises(Invalid) as old:
        locations.update(actor=admin, location=room.location, **{**terms(room.location), **changed})
    assert (new.value.field, old.value.field) == (field, field)


@pytest.mark.parametrize("name", ["", "x" * 81, "Room\x00"])
def test_what_a_room_refuses(admin, room, name) -> None:
    with pytest.raises(Invalid) as new:
        locations.create_room(actor=admin, location=room.location, name=name)
    with pytest.raises(Invalid) as old:
        locations.update_room(actor=admin, room=room, name=name, is_active=True)
    assert (new.value.field, old.value.field) == ("name", "name")


def test_a_name_once(admin, room) -> None:
    other = locations.create_room(actor=admin, location=room.location, name="Other")
    with pytest.raises(Conflict) as refused:
        locations.update_room(actor=admin, room=other, name=room.name.upper(), is_active=True)
    assert refused.value.code == "room_exists"


def test_another_clinics(admin) -> None:
    theirs = factories.RoomFactory()
    with pytest.raises(NotFound):
        locations.update(
            actor=admin, location=theirs.location, **{**terms(theirs.location), "name": "Mine"}
        )
    with pytest.raises(NotFound):
        locations.create_room(actor=admin, location=theirs.location, name="Mine")
    with pytest.raises(NotFound):
        locations.update_room(actor=admin, room=theirs, name="Mine", is_active=True)
    assert not Room.objects.filter(name="Mine").exists()
    assert not Location.objects.filter(name="Mine").exists()


def test_what_changed_is_recorded_and_nothing_is_nothing(admin, room) -> None:
    locations.update_room(actor=admin, room=room, name=f" {room.name} ", is_active=True)
    assert not Event.objects.filter(action="room.updated").exists()
    locations.update_room(actor=admin, room=room, name=room.name, is_active=False)
    told = Event.objects.get(action="room.updated")
    assert told.details == {"changes": {"is_active": ["True", "False"]}}
