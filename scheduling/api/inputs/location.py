from __future__ import annotations

from accounts.api.serializers import Input, StrictBoolean, Text, VisibleIdField
from scheduling import access
from scheduling.models import Location


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
