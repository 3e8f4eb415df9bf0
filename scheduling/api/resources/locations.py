from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.actor import Actor
from accounts.api.endpoints import creates, updates
from accounts.api.resource import Resource
from scheduling import access
from scheduling.api.inputs import location as inputs
from scheduling.api.outputs.location import LocationOutput, RoomOutput
from scheduling.filters import LocationFilter, RoomFilter
from scheduling.models import Location, Room
from scheduling.services import locations


class Locations(Resource):
    area = "catalog"
    verbs = {"list": "location.view", "retrieve": "location.view"}
    output = LocationOutput
    filterset_class = LocationFilter
    ordering_fields = {"name": "name"}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[Location]:
        return access.locations(actor)

    @creates("location.create", inputs.NewLocation)
    def create(self, **fields: Any) -> Location:
        """Add a location."""
        return locations.create(actor=self.actor, **fields)

    @updates("location.update", inputs.LocationChange)
    def partial_update(self, row: Location, **fields: Any) -> Location:
        """Change a location, or take it out of use."""
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

    @creates("room.create", inputs.NewRoom)
    def create(self, **fields: Any) -> Room:
        """Add a room to a location."""
        return locations.create_room(actor=self.actor, **fields)

    @updates("room.update", inputs.RoomChange)
    def partial_update(self, row: Room, **fields: Any) -> Room:
        """Change a room, or take it out of use."""
        return locations.update_room(actor=self.actor, room=row, **fields)
