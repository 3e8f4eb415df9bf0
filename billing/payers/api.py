from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts.actor import Actor
from accounts.api.endpoints import creates, does, updates
from accounts.api.resource import Resource
from accounts.api.serializers import Input, Output, Text
from billing import access
from billing.models import Payer
from billing.payers import services as payers
from billing.payers.filters import PayerFilter


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


class Payers(Resource):
    area = "catalog"
    verbs = {"list": "payer.view", "retrieve": "payer.view"}
    output = PayerOutput
    filterset_class = PayerFilter
    ordering_fields = {"name": "name", "electronic_id": "payer_id"}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[Payer]:
        return access.payers(actor)

    @creates("payer.create", NewPayer)
    def create(self, **fields: Any) -> Payer:
        """Add a payer."""
        return payers.create(actor=self.actor, **fields)

    @updates("payer.update", PayerChange)
    def partial_update(self, row: Payer, **fields: Any) -> Payer:
        """Change a payer."""
        return payers.update(actor=self.actor, payer=row, **fields)

    @does("payer.deactivate")
    def deactivate(self, row: Payer) -> Payer:
        """Deactivate a payer; the policies that name it stay as they are."""
        return payers.deactivate(actor=self.actor, payer=row)

    @does("payer.reactivate")
    def reactivate(self, row: Payer) -> Payer:
        """Reactivate a payer."""
        return payers.reactivate(actor=self.actor, payer=row)
