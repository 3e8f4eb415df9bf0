from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.actor import Actor
from accounts.api.endpoints import creates, does, updates
from accounts.api.resource import Resource
from billing import access
from billing.api.inputs import payer as inputs
from billing.api.outputs import payer as outputs
from billing.filters import PayerFilter, ServiceCodeFilter
from billing.models import Payer, ServiceCode
from billing.services import payers, service_codes


class Payers(Resource):
    area = "catalog"
    verbs = {"list": "payer.view", "retrieve": "payer.view"}
    output = outputs.PayerOutput
    filterset_class = PayerFilter
    ordering_fields = {"name": "name", "electronic_id": "payer_id"}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[Payer]:
        return access.payers(actor)

    @creates("payer.create", inputs.NewPayer)
    def create(self, **fields: Any) -> Payer:
        """Add a payer."""
        return payers.create(actor=self.actor, **fields)

    @updates("payer.update", inputs.PayerChange)
    def partial_update(self, row: Payer, **fields: Any) -> Payer:
        """Change a payer."""
        return payers.update(actor=self.actor, payer=row, **fields)

    @does("payer.deactivate")
    def deactivate(self, row: Payer) -> Payer:
        """Take a payer out of use; the policies that name it stay as they are."""
        return payers.deactivate(actor=self.actor, payer=row)

    @does("payer.reactivate")
    def reactivate(self, row: Payer) -> Payer:
        """Put a payer back to use."""
        return payers.reactivate(actor=self.actor, payer=row)


class ServiceCodes(Resource):
    area = "catalog"
    verbs = {"list": "service_code.view", "retrieve": "service_code.view"}
    output = outputs.ServiceCodeOutput
    filterset_class = ServiceCodeFilter
    ordering_fields = {"code": "code", "label": "label", "default_rate": "default_rate"}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[ServiceCode]:
        return access.service_codes(actor)

    @creates("service_code.create", inputs.NewServiceCode)
    def create(self, **fields: Any) -> ServiceCode:
        """Add a service code."""
        return service_codes.create(actor=self.actor, **fields)

    @updates("service_code.update", inputs.ServiceCodeChange)
    def partial_update(self, row: ServiceCode, **fields: Any) -> ServiceCode:
        """Change a service code's terms; units that are reserved already stay as they are."""
        return service_codes.update(actor=self.actor, service_code=row, **fields)
