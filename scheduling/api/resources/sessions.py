from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.actor import Actor
from accounts.api.endpoints import does, shows
from accounts.api.resource import Resource
from accounts.errors import NotFound
from scheduling import access
from scheduling.api.inputs import session as inputs
from scheduling.api.outputs.session import AddendumOutput, NoteOutput, SessionOutput
from scheduling.filters import SessionFilter
from scheduling.models import Addendum, ProgressNote, Session
from scheduling.services import notes


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

    @does("note.write", inputs.NoteDraft, answers=NoteOutput, at=note)
    def draft(self, row: Session, **fields: Any) -> ProgressNote:
        """Write the draft of a session's note, or write it anew.

        The practitioner who gave the session writes it, or their supervisor.
        """
        return notes.draft(actor=self.actor, session=row, **fields)

    @does("note.sign", inputs.Signature, answers=NoteOutput)
    def sign(self, row: Session, *, version: int | None = None) -> ProgressNote:
        """Sign a session's note and lock it.

        A signature is a person's: an API key cannot give it, its author's app can.
        """
        return notes.sign(actor=self.actor, note=self._note(row), version=version)

    @does("note.amend", inputs.NewAddendum, answers=AddendumOutput, status=201)
    def addendum(self, row: Session, *, text: str) -> Addendum:
        """Add to a signed note.

        An addendum is a person's, as a signature is.
        """
        return notes.amend(actor=self.actor, note=self._note(row), text=text)

    def _note(self, row: Session) -> ProgressNote:
        found = access.notes(self.actor).filter(session=row).prefetch_related("addenda").first()
        if found is None:
            raise NotFound("This session has no note yet.", code="no_note")
        return found
