from __future__ import annotations

from decimal import Decimal

from rest_framework import serializers

from accounts.api.serializers import Input, Money, StrictBoolean, StrictInteger, Text
from billing.models import Rounding


class PayerDetails(Input):
    name = Text(max_length=200)
    electronic_id = Text(
        source="payer_id",
        max_length=40,
        required=False,
        allow_blank=True,
        help_text="The payer ID at the clearinghouse.",
    )
    phone = Text(max_length=32, required=False, allow_blank=True)


class NewPayer(PayerDetails):
    class Meta:
        example = {"name": "Prairie Mutual", "electronic_id": "PM001", "phone": "800-555-0110"}


class PayerChange(PayerDetails):
    class Meta:
        example = {"phone": "800-555-0111"}


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
