from __future__ import annotations

from accounts.web.filters import IdFilter, NamesFilter
from scheduling.models import Location, Room


class LocationFilter(NamesFilter):
    searched = ("name", "address")

    class Meta:
        model = Location
        fields: list[str] = []


class RoomFilter(NamesFilter):
    searched = ("name", "location__name")

    location = IdFilter(label="Location")

    class Meta:
        model = Room
        fields: list[str] = []
