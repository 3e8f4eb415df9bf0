from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts import access
from accounts.actor import Actor
from accounts.api.endpoints import creates, updates
from accounts.api.filters import PractitionerListFilter
from accounts.api.inputs import practitioner as inputs
from accounts.api.outputs.practitioner import PractitionerOutput
from accounts.api.resource import Resource
from accounts.models import Practitioner
from accounts.services import practitioners


class Practitioners(Resource):
    area = "practitioners"
    verbs = {"list": "practitioner.view", "retrieve": "practitioner.view"}
    output = PractitionerOutput
    filterset_class = PractitionerListFilter
    ordering_fields = {"name": "last_name", "npi": "npi"}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[Practitioner]:
        return access.practitioners(actor)

    def lock_before(self) -> None:
        practitioners.queue(self.actor)

    @creates("practitioner.create", inputs.NewPractitioner)
    def create(self, **fields: Any) -> Practitioner:
        """Add a practitioner."""
        return practitioners.create(actor=self.actor, **fields)

    @updates("practitioner.update", inputs.PractitionerChange)
    def partial_update(self, row: Practitioner, **fields: Any) -> Practitioner:
        """Change a practitioner, or take them out of use."""
        return practitioners.update(actor=self.actor, practitioner=row, **fields)
