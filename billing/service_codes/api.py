from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts.actor import Actor
from accounts.api.endpoints import creates, updates
from accounts.api.resource import Resource
from accounts.api.serializers import Input, Money, Output, StrictBoolean, StrictInteger, Text
from billing import access
from billing.models import Rounding, ServiceCode
from billing.service_codes import services as service_codes
from billing.service_codes.filters import ServiceCodeFilter


class ServiceTerms(Input):
    code = Text(max_length=12, help_text="A CPT or HCPCS code.")
    label = Text(max_length=80)
    modifiers = serializers.ListField(child=Text(max_length=2), max_length=4, required=False)
    is_timed = StrictBoolean(required=False)
    minutes_per_unit = StrictInteger(min_value=1, max_value=480, required=False)
    rounding = serializers.ChoiceField(
        choices=Rounding.choices, required=False, help_text="How minutes become units."
    )
    default_minutes = StrictInteger(min_value=5, max_value=720, required=False)
    default_rate = Money(min_value=Decimal("0.00"), required=False)
    allows_concurrent = StrictBoolean(required=False)
    allows_group = StrictBoolean(required=False)
    is_active = StrictBoolean(required=False)


class NewServiceCode(ServiceTerms):
    class Meta:
        example = {
            "code": "97155",
            "label": "Protocol modification",
            "minutes_per_unit": 15,
            "rounding": "cms",
            "default_minutes": 60,
            "default_rate": "31.25",
        }


class ServiceCodeChange(ServiceTerms):
    class Meta:
        example = {"default_rate": "32.00"}


class ServiceCodeOutput(Output):
    class Meta:
        model = ServiceCode
        fields = (
            "id",
            "code",
            "label",
            "modifiers",
            "is_timed",
            "minutes_per_unit",
            "rounding",
            "default_minutes",
            "default_rate",
            "allows_concurrent",
            "allows_group",
            "is_active",
        )
        example = {
            "id": 201,
            "code": "97153",
            "label": "Adaptive behavior treatment",
            "modifiers": [],
            "is_timed": True,
            "minutes_per_unit": 15,
            "rounding": "cms",
            "default_minutes": 120,
            "default_rate": "18.50",
            "allows_concurrent": False,
            "allows_group": False,
            "is_active": True,
        }


class ServiceCodes(Resource):
    area = "catalog"
    verbs = {"list": "service_code.view", "retrieve": "service_code.view"}
    output = ServiceCodeOutput
    filterset_class = ServiceCodeFilter
    ordering_fields = {"code": "code", "label": "label", "default_rate": "default_rate"}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[ServiceCode]:
        return access.service_codes(actor)

    @creates("service_code.create", NewServiceCode)
    def create(self, **fields: Any) -> ServiceCode:
        """Add a service code."""
        return service_codes.create(actor=self.actor, **fields)

    @updates("service_code.update", ServiceCodeChange)
    def partial_update(self, row: ServiceCode, **fields: Any) -> ServiceCode:
        """Change a service code's terms; units already reserved stay as they are."""
        return service_codes.update(actor=self.actor, service_code=row, **fields)
