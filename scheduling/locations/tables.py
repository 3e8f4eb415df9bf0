from __future__ import annotations

import django_tables2 as tables
from django.utils.safestring import SafeString

from accounts.web.formatting import status_mark
from accounts.web.tables import FIGURE, FIT, ROW_LINK, row_url
from scheduling.models import Location


class LocationTable(tables.Table):
    name = tables.Column(
        attrs=ROW_LINK,
        linkify=lambda record, table: row_url(table, "scheduling:location", record.pk),
    )
    place_of_service = tables.Column(verbose_name="POS", attrs=FIT)
    room_count = tables.Column(verbose_name="Rooms", attrs=FIGURE)
    is_active = tables.Column(verbose_name="State")

    class Meta:
        model = Location
        fields = ("name", "address", "place_of_service", "room_count", "is_active")
        attrs = {"caption": "Locations"}
        empty_text = "No locations yet. Add the places where services are rendered."

    def render_is_active(self, value: bool) -> SafeString:
        return status_mark("active" if value else "inactive")
