from __future__ import annotations

from accounts.api.serializers import Output
from scheduling.models import Location, Room


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
