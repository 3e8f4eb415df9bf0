from __future__ import annotations

import zoneinfo

from django import forms

from accounts.models import Organization
from accounts.validators import CURRENCIES
from accounts.web.form_fields import FieldsForm, TimeInput

ZONES = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone or zone == "UTC")


class OrganizationForm(FieldsForm):
    time_zone = forms.ChoiceField(choices=[(zone, zone) for zone in ZONES])
    currency = forms.ChoiceField(choices=[(code, code) for code in sorted(CURRENCIES)])

    class Meta:
        model = Organization
        fields = [
            "name",
            "time_zone",
            "currency",
            "npi",
            "tax_id",
            "taxonomy",
            "phone",
            "address_line1",
            "address_line2",
            "city",
            "region",
            "postal_code",
            "opens_at",
            "closes_at",
            "late_cancellation_hours",
            "patients_may_cancel",
            "idle_minutes",
        ]
        widgets = {"opens_at": TimeInput, "closes_at": TimeInput}
