from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts import access
from accounts.actor import Actor
from accounts.api.endpoints import updates
from accounts.api.filters import EventListFilter, OrganizationListFilter
from accounts.api.inputs.organization import OrganizationChange
from accounts.api.outputs.event import EventOutput
from accounts.api.outputs.organization import OrganizationOutput
from accounts.api.resource import Resource
from accounts.models import Event, Organization
from accounts.services import organizations


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


class Events(Resource):
    """The audit trail."""

    area = "events"
    verbs = {"list": "event.view", "retrieve": "event.view"}
    of_records = False  # who did what is no part of it
    output = EventOutput
    filterset_class = EventListFilter
    ordering_fields = {"at": "at"}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[Event]:
        return access.events(actor)
