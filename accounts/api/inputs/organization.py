from __future__ import annotations

from rest_framework import serializers

from accounts.api.serializers import Input, StrictBoolean, StrictInteger, Text

CLOCK = ("%H:%M", "%H:%M:%S")


class OrganizationChange(Input):
    name = Text(max_length=200)
    time_zone = Text(max_length=64, help_text="An IANA name, such as America/Chicago.")
    currency = Text(max_length=3, help_text="An ISO 4217 code.")
    npi = Text(max_length=10, allow_blank=True)
    tax_id = Text(max_length=10, allow_blank=True)
    taxonomy = Text(max_length=10, allow_blank=True)
    phone = Text(max_length=32, allow_blank=True)
    address_line1 = Text(max_length=120, allow_blank=True)
    address_line2 = Text(max_length=120, allow_blank=True)
    city = Text(max_length=80, allow_blank=True)
    region = Text(max_length=40, allow_blank=True)
    postal_code = Text(max_length=16, allow_blank=True)
    opens_at = serializers.TimeField(input_formats=CLOCK)
    closes_at = serializers.TimeField(input_formats=CLOCK)
    idle_minutes = StrictInteger(min_value=5, max_value=240)
    late_cancellation_hours = StrictInteger(min_value=0, max_value=336)
    patients_may_cancel = StrictBoolean()

    class Meta:
        example = {"phone": "312-555-0100", "late_cancellation_hours": 48}
