from __future__ import annotations

from accounts.api.serializers import Output
from accounts.models import Organization


class OrganizationOutput(Output):
    class Meta:
        model = Organization
        fields = (
            "id",
            "name",
            "slug",
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
            "idle_minutes",
            "late_cancellation_hours",
            "patients_may_cancel",
            "is_active",
            "created_at",
        )
        example = {
            "id": 1,
            "name": "Lakeview Therapy",
            "slug": "lakeview",
            "time_zone": "America/Chicago",
            "currency": "USD",
            "npi": "",
            "tax_id": "",
            "taxonomy": "",
            "phone": "312-555-0100",
            "address_line1": "200 Lake Street",
            "address_line2": "",
            "city": "Chicago",
            "region": "IL",
            "postal_code": "60614",
            "opens_at": "08:00:00",
            "closes_at": "18:00:00",
            "idle_minutes": 15,
            "late_cancellation_hours": 24,
            "patients_may_cancel": True,
            "is_active": True,
            "created_at": "2026-11-01T14:00:00Z",
        }
