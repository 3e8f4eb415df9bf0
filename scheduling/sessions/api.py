from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts.actor import Actor
from accounts.api.endpoints import does, shows
from accounts.api.resource import Resource
from accounts.api.serializers import (
    Input,
    Instant,
    Output,
    StrictInteger,
    Text,
)
from accounts.errors import NotFound
from scheduling import access
from scheduling.appointments.api.resource import Appointments
from scheduling.models import Addendum, Appointment, ProgressNote, Session
from scheduling.notes import services as notes
from scheduling.sessions import services as sessions
from scheduling.sessions.filters import SessionFilter


class Completion(Input):
    """The actual times. By default from when the session was started (else booked) to now."""

    started_at = Instant(required=False, allow_null=True)
    ended_at = Instant(required=False, allow_null=True)

    class Meta:
        example: dict[str, Any] = {}


class Reopening(Input):
    reason = Text(max_length=300)

    class Meta:
        example = {"reason": "The session ended an hour later"}


MAX_TEXT_LENGTH, MAX_NARRATIVE_LENGTH = 10_000, 40_000


VERSION = "The version last read. If there was a change since then, the answer is 409 `stale`."


def _section(longest: int) -> Text:
    return Text(default="", allow_blank=True, max_length=longest)


class NoteDraft(Input):
    """The whole note: texts that are left out are empty."""

    format = serializers.ChoiceField(
        choices=ProgressNote.Format.choices, default=ProgressNote.Format.SOAP
    )
    subjective = _section(MAX_TEXT_LENGTH)
    objective = _section(MAX_TEXT_LENGTH)
    assessment = _section(MAX_TEXT_LENGTH)
    plan = _section(MAX_TEXT_LENGTH)
    narrative = _section(MAX_NARRATIVE_LENGTH)
    version = StrictInteger(required=False, min_value=1, max_value=2**31 - 1, help_text=VERSION)

    class Meta:
        example = {
            "format": "soap",
            "subjective": "Slept well, came in cheerful",
            "objective": "Asked for a break with words in 8 of 10 trials",
            "assessment": "Steady progress towards the goal",
            "plan": "Go on with the same targets",
        }


class Signature(Input):
    version = StrictInteger(required=False, min_value=1, max_value=2**31 - 1, help_text=VERSION)

    class Meta:
        example = {"version": 1}


class NewAddendum(Input):
    text = Text(max_length=MAX_TEXT_LENGTH)

    class Meta:
        example = {"text": "The break was asked for in 9 of 10 trials"}


class SessionOutput(Output):
    """The session that took place. Until completed, it has no end and no units.

    Its note is read separately.
    """

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
    """`version` counts the changes. Once signed, only addenda can be added."""

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


class Sessions(Resource):
    area = "sessions"
    verbs = {"list": "session.view", "retrieve": "session.view"}
    output = SessionOutput
    filterset_class = SessionFilter
    ordering_fields = {"started_at": "started_at", "created_at": "created_at"}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[Session]:
        found = access.sessions(actor).select_related("patient", "appointment", "note")
        return found.defer(*(f"note__{text}" for text in notes.TEXTS))

    @shows("note.view", NoteOutput)
    def note(self, row: Session) -> ProgressNote:
        """Read a session's note with its addenda."""
        return self._note(row)

    @does("note.write", NoteDraft, answers=NoteOutput, at=note)
    def draft(self, row: Session, **fields: Any) -> ProgressNote:
        """Write or replace the draft of a session's note.

        Only the practitioner who rendered the session, or their supervisor, may write it.
        """
        return notes.draft(actor=self.actor, session=row, **fields)

    @does("note.sign", Signature, answers=NoteOutput)
    def sign(self, row: Session, *, version: int | None = None) -> ProgressNote:
        """Sign a session's note and lock it.

        Only a person can sign: the author's app can, an API key cannot.
        """
        return notes.sign(actor=self.actor, note=self._note(row), version=version)

    @does("note.amend", NewAddendum, answers=AddendumOutput, status=201)
    def addendum(self, row: Session, *, text: str) -> Addendum:
        """Add to a signed note.

        Only a person can add an addendum, as with signing.
        """
        return notes.amend(actor=self.actor, note=self._note(row), text=text)

    def _note(self, row: Session) -> ProgressNote:
        found = access.notes(self.actor).filter(session=row).prefetch_related("addenda").first()
        if found is None:
            raise NotFound("This session has no note yet.", code="no_note")
        return found


class AppointmentsWithSessions(Appointments):
    """Appointments, with the actions that start, complete and reopen their sessions."""

    @does("appointment.start")
    def start(self, row: Appointment) -> Appointment:
        """Start the session now."""
        return sessions.start(actor=self.actor, appointment=row)

    @does("appointment.complete", Completion, answers=SessionOutput)
    def complete(self, row: Appointment, **times: Any) -> Session:
        """Complete the session and consume its actual units."""
        return sessions.complete(actor=self.actor, appointment=row, **times)

    @does("appointment.reopen", Reopening)
    def reopen(self, row: Appointment, *, reason: str) -> Appointment:
        """Reopen a completed session, with a reason; its units are reserved again."""
        return sessions.reopen(actor=self.actor, appointment=row, reason=reason)
