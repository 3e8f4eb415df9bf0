from __future__ import annotations

from rest_framework import serializers

from accounts.api.serializers import Output
from billing.models import Payer, ServiceCode


class PayerOutput(Output):
    electronic_id = serializers.CharField(source="payer_id")

    class Meta:
        model = Payer
        fields = ("id", "name", "electronic_id", "phone", "is_active")
        example = {
            "id": 301,
            "name": "Lakeshore Mutual",
            "electronic_id": "LM001",
            "phone": "800-555-0100",
            "is_active": True,
        }


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
