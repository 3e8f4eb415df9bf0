from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import serializers

from accounts import access
from accounts.actor import Actor
from accounts.api.resource import Resource
from accounts.api.serializers import Output
from accounts.audit.filters import EventListFilter
from accounts.models import Event


class EventOutput(Output):
    """Ids and figures of what happened; never clinical text."""

    details = serializers.DictField()

    class Meta:
        model = Event
        fields = (
            "id",
            "at",
            "action",
            "object_type",
            "object_id",
            "patient_id",
            "actor_id",
            "actor_role",
            "api_key_id",
            "break_glass_id",
            "details",
            "channel",
            "address",
            "request_id",
        )
        example = {
            "id": 1001,
            "at": "2026-11-23T15:00:00Z",
            "action": "patient.updated",
            "object_type": "accounts.patient",
            "object_id": 101,
            "patient_id": 101,
            "actor_id": 11,
            "actor_role": "admin",
            "api_key_id": None,
            "break_glass_id": None,
            "details": {"changes": {"phone": ["312-555-0142", "312-555-0143"]}},
            "channel": "web",
            "address": "192.0.2.17",
            "request_id": "3f0f5c9e-5f0b-4b8e-8d0a-5a3c1f4d2b6e",
        }


class Events(Resource):
    """The audit trail."""

    area = "events"
    verbs = {"list": "event.view", "retrieve": "event.view"}
    of_records = False  # the audit trail is not part of it
    output = EventOutput
    filterset_class = EventListFilter
    ordering_fields = {"at": "at"}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[Event]:
        return access.events(actor)
