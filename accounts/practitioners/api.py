from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts import access
from accounts.actor import Actor
from accounts.api.endpoints import creates, updates
from accounts.api.resource import Resource
from accounts.api.serializers import (
    Input,
    Output,
    StrictBoolean,
    StrictInteger,
    Text,
    VisibleIdField,
)
from accounts.models import Practitioner
from accounts.practitioners import services as practitioners
from accounts.practitioners.filters import PractitionerListFilter


class Details(Input):
    first_name = Text(max_length=100)
    last_name = Text(max_length=100)
    credential = Text(max_length=40, required=False, allow_blank=True)
    npi = Text(max_length=10, required=False, allow_blank=True)
    taxonomy = Text(max_length=10, required=False, allow_blank=True)
    hue = StrictInteger(
        min_value=0, max_value=7, required=False, help_text="Their colour in the calendar."
    )
    supervisor_id = VisibleIdField(access.practitioners, required=False, allow_null=True)
    user_id = VisibleIdField(
        access.users,
        required=False,
        allow_null=True,
        help_text="The member of the clinic whom they sign in as.",
    )


class NewPractitioner(Details):
    class Meta:
        example = {
            "first_name": "Sam",
            "last_name": "Reyes",
            "credential": "RBT",
            "npi": "1234567893",
        }


class PractitionerChange(Details):
    is_active = StrictBoolean(help_text="Only an active practitioner can be booked.")

    class Meta:
        example = {"credential": "BCBA-D", "hue": 3}


class PractitionerOutput(Output):
    class Meta:
        model = Practitioner
        fields = (
            "id",
            "user_id",
            "first_name",
            "last_name",
            "credential",
            "npi",
            "taxonomy",
            "supervisor_id",
            "hue",
            "is_active",
        )
        example = {
            "id": 151,
            "user_id": 11,
            "first_name": "Robin",
            "last_name": "Okafor",
            "credential": "BCBA",
            "npi": "1987654328",
            "taxonomy": "",
            "supervisor_id": None,
            "hue": 0,
            "is_active": True,
        }


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

    @creates("practitioner.create", NewPractitioner)
    def create(self, **fields: Any) -> Practitioner:
        """Add a practitioner."""
        return practitioners.create(actor=self.actor, **fields)

    @updates("practitioner.update", PractitionerChange)
    def partial_update(self, row: Practitioner, **fields: Any) -> Practitioner:
        """Change a practitioner, or take them out of use."""
        return practitioners.update(actor=self.actor, practitioner=row, **fields)
