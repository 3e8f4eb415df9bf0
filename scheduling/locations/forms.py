from __future__ import annotations

from accounts.web.form_fields import FieldsForm
from scheduling.models import Location, Room


class LocationForm(FieldsForm):
    class Meta:
        model = Location
        fields = ("name", "place_of_service", "address")


class LocationEditForm(FieldsForm):
    class Meta:
        model = Location
        fields = ("name", "place_of_service", "address", "is_active")


class RoomForm(FieldsForm):
    class Meta:
        model = Room
        fields = ("name",)


class RoomEditForm(FieldsForm):
    class Meta:
        model = Room
        fields = ("name", "is_active")
