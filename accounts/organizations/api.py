from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts.actor import Actor
from accounts.api.endpoints import updates
from accounts.api.resource import Resource
from accounts.api.serializers import Input, Output, StrictBoolean, StrictInteger, Text
from accounts.models import Organization
from accounts.organizations import services as organizations
from accounts.organizations.filters import OrganizationListFilter

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


class Organizations(Resource):
    """The clinic that the credential acts in: a list of one."""

    area = "organization"
    verbs = {"list": "organization.view", "retrieve": "organization.view"}
    output = OrganizationOutput
    filterset_class = OrganizationListFilter
    ordering_fields = {"name": "name"}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[Organization]:
        return Organization.objects.filter(pk=actor.organization.pk)

    @updates("organization.update", OrganizationChange)
    def partial_update(self, row: Organization, **fields: Any) -> Organization:
        """Change the clinic's settings."""
        return organizations.update(actor=self.actor, **fields)
