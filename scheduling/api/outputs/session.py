from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.serializers import Output
from scheduling.models import Addendum, ProgressNote, Session


class SessionOutput(Output):
    """What really happened. While it runs it has neither end nor units; its note is apart."""

    service_code_id = serializers.IntegerField(source="appointment.service_code_id")
    minutes = serializers.IntegerField(allow_null=True)
    note_status = serializers.SerializerMethodField()

    class Meta:
        model = Session
        fields = (
            "id",
            "appointment_id",
            "patient_id",
            "practitioner_id",
            "service_code_id",
            "started_at",
            "ended_at",
            "minutes",
            "units",
            "note_status",
            "created_at",
        )
        example = {
            "id": 901,
            "appointment_id": 801,
            "patient_id": 101,
            "practitioner_id": 151,
            "service_code_id": 201,
            "started_at": "2026-11-23T15:00:00Z",
            "ended_at": "2026-11-23T16:00:00Z",
            "minutes": 60,
            "units": 4,
            "note_status": "draft",
            "created_at": "2026-11-23T15:00:05Z",
        }

    def get_note_status(self, row: Any) -> str | None:
        note = getattr(row, "note", None)
        return note.status if note else None


class AddendumOutput(Output):
    author_id = serializers.IntegerField()

    class Meta:
        model = Addendum
        fields = ("id", "text", "author_id", "at")
        example = {
            "id": 941,
            "text": "The break was asked for in 9 of 10 trials",
            "author_id": 12,
            "at": "2026-11-24T14:00:00Z",
        }


class NoteOutput(Output):
    """`version` counts its changes; once signed it takes addenda only."""

    signed_by_id = serializers.IntegerField(allow_null=True)
    addenda = AddendumOutput(many=True)

    class Meta:
        model = ProgressNote
        fields = (
            "id",
            "session_id",
            "format",
            "subjective",
            "objective",
            "assessment",
            "plan",
            "narrative",
            "status",
            "version",
            "updated_at",
            "signed_at",
            "signed_by_id",
            "addenda",
        )
        example = {
            "id": 921,
            "session_id": 901,
            "format": "soap",
            "subjective": "Slept well, came in cheerful",
            "objective": "Asked for a break with words in 8 of 10 trials",
            "assessment": "Steady progress towards the goal",
            "plan": "Go on with the same targets",
            "narrative": "",
            "status": "draft",
            "version": 1,
            "updated_at": "2026-11-23T16:05:00Z",
            "signed_at": None,
            "signed_by_id": None,
            "addenda": [],
        }
