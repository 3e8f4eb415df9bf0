from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.actor import Actor
from accounts.api.endpoints import creates, updates
from accounts.api.resource import Resource
from accounts.api.serializers import Input, Output, StrictBoolean, Text, VisibleIdField
from scheduling import access
from scheduling.locations import services as locations
from scheduling.locations.filters import LocationFilter, RoomFilter
from scheduling.models import Location, Room


class NewLocation(Input):
    name = Text(max_length=120)
    place_of_service = Text(
        required=False,
        max_length=2,
        validators=Location._meta.get_field("place_of_service").validators,
        help_text="The CMS place of service: two digits, 11 is office.",
    )
    address = Text(required=False, allow_blank=True, max_length=250)

    class Meta:
        example = {"name": "North", "place_of_service": "11", "address": "12 Lake Street"}


class LocationChange(NewLocation):
    is_active = StrictBoolean()

    class Meta:
        example = {"address": "14 Lake Street"}


class NewRoom(Input):
    location_id = VisibleIdField(access.locations)
    name = Text(max_length=80)

    class Meta:
        example = {"location_id": 251, "name": "Blue"}


class RoomChange(Input):
    name = Text(max_length=80)
    is_active = StrictBoolean()

    class Meta:
        example = {"name": "Green"}


class LocationOutput(Output):
    class Meta:
        model = Location
        fields = ("id", "name", "place_of_service", "address", "is_active")
        example = {
            "id": 251,
            "name": "Main Street",
            "place_of_service": "11",
            "address": "3 Main Street",
            "is_active": True,
        }


class RoomOutput(Output):
    class Meta:
        model = Room
        fields = ("id", "location_id", "name", "is_active")
        example = {"id": 261, "location_id": 251, "name": "Yellow", "is_active": True}


class Locations(Resource):
    area = "catalog"
    verbs = {"list": "location.view", "retrieve": "location.view"}
    output = LocationOutput
    filterset_class = LocationFilter
    ordering_fields = {"name": "name"}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[Location]:
        return access.locations(actor)

    @creates("location.create", NewLocation)
    def create(self, **fields: Any) -> Location:
        """Add a location."""
        return locations.create(actor=self.actor, **fields)

    @updates("location.update", LocationChange)
    def partial_update(self, row: Location, **fields: Any) -> Location:
        """Change a location, or deactivate it."""
        return locations.update(actor=self.actor, location=row, **fields)


class Rooms(Resource):
    area = "catalog"
    verbs = {"list": "location.view", "retrieve": "location.view"}
    output = RoomOutput
    filterset_class = RoomFilter
    ordering_fields = {"name": "name"}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[Room]:
        return access.rooms(actor)

    @creates("room.create", NewRoom)
    def create(self, **fields: Any) -> Room:
        """Add a room to a location."""
        return locations.create_room(actor=self.actor, **fields)

    @updates("room.update", RoomChange)
    def partial_update(self, row: Room, **fields: Any) -> Room:
        """Change a room, or deactivate it."""
        return locations.update_room(actor=self.actor, room=row, **fields)
