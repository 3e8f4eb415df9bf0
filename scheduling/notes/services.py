"""Drafts and signs progress notes, and adds addenda to signed ones."""

from __future__ import annotations

from typing import TypedDict, Unpack

from django.db.models import Q
from django.utils import timezone

from accounts.actor import Actor
from accounts.errors import Conflict, Invalid, NotAllowed, stale
from accounts.models import User
from accounts.writes import events
from accounts.writes.rows import require_own_clinic
from accounts.writes.transaction import write
from scheduling.models import Addendum, ProgressNote, Session


class NoteTexts(TypedDict, total=False):
    """The optional arguments of `draft`."""

    format: str
    subjective: str
    objective: str
    assessment: str
    plan: str
    narrative: str
    version: int | None


TEXTS = ("subjective", "objective", "assessment", "plan", "narrative")
WRITTEN = ("format", *TEXTS)


@write("note.write")
def draft(
    *,
    actor: Actor,
    session: Session,
    format: str = ProgressNote.Format.SOAP,
    subjective: str = "",
    objective: str = "",
    assessment: str = "",
    plan: str = "",
    narrative: str = "",
    version: int | None = None,
) -> ProgressNote:
    """Save the draft of a session's note, new or changed; an unchanged one is not written.

    `version` is the one the author saw, 0 if there was no note. Raises NotAllowed unless the actor
    may write the note, Conflict `note_signed`, `stale`.
    """
    require_author(actor, session)
    # Of two first drafts at the same time, the second waits here and finds the first one's note.
    _lock(session.pk)
    note = ProgressNote.objects.select_for_update().filter(session=session).first()
    is_first = note is None
    if note is None:
        note = ProgressNote(organization=actor.organization, session=session, version=0)
    elif note.is_signed:
        raise _already_signed()
    if version is not None and note.version != version:
        raise stale("note")
    texts = (format, subjective, objective, assessment, plan, narrative)
    if not is_first and texts == tuple(getattr(note, name) for name in WRITTEN):
        return note
    for name, text in zip(WRITTEN, texts, strict=True):
        setattr(note, name, text)
    note.version += 1
    note.updated_at = timezone.now()
    note.save()
    events.record(
        actor=actor,
        action="note.drafted" if is_first else "note.updated",
        obj=note,
        patient=session.patient,
        session=session.pk,
    )
    return note


@write("note.sign")
def sign(*, actor: Actor, note: ProgressNote, version: int | None = None) -> ProgressNote:
    """Sign and lock a note. The session must be completed, and the note not empty.

    Raises NotAllowed, Invalid `note_empty`, Conflict `session_not_completed`, `note_signed`,
    `stale`.
    """
    signer = _require_user(actor)
    session = note.session
    require_author(actor, session)
    _lock(session.pk)
    session.refresh_from_db()
    locked = ProgressNote.objects.select_for_update().get(pk=note.pk)
    if locked.is_signed:
        raise _already_signed()
    if version is not None and locked.version != version:
        raise stale("note")
    if session.ended_at is None:
        raise Conflict(
            "Complete the session before you sign its note.", code="session_not_completed"
        )
    if locked.is_empty:
        raise Invalid("There is nothing to sign: the note is empty.", code="note_empty")
    locked.status = ProgressNote.Status.SIGNED
    locked.signed_at = timezone.now()
    locked.signed_by = signer
    locked.version += 1
    locked.save(update_fields=["status", "signed_at", "signed_by", "version"])
    events.record(
        actor=actor, action="note.signed", obj=locked, patient=session.patient, session=session.pk
    )
    return locked


@write("note.sign")
def write_and_sign(*, actor: Actor, session: Session, **texts: Unpack[NoteTexts]) -> ProgressNote:
    """Save the draft and sign it, both or neither. Raises what `draft` and `sign` raise."""
    note = draft(actor=actor, session=session, **texts)
    return sign(actor=actor, note=note)


@write("note.amend")
def amend(*, actor: Actor, note: ProgressNote, text: str) -> Addendum:
    """Add to a signed note. Raises NotAllowed, Invalid, Conflict `note_not_signed`."""
    author = _require_user(actor)
    require_author(actor, note.session)
    if not text.strip():
        raise Invalid("Write the addendum first.", code="addendum_empty", field="text")
    locked = ProgressNote.objects.select_for_update().get(pk=note.pk)
    if not locked.is_signed:
        raise Conflict(
            "The note is still a draft. Change the draft itself.", code="note_not_signed"
        )
    addendum = Addendum.objects.create(
        organization=actor.organization, note=locked, author=author, text=text.strip()
    )
    events.record(
        actor=actor,
        action="note.amended",
        obj=locked,
        patient=note.session.patient,
        addendum=addendum.pk,
    )
    return addendum


def may_write(actor: Actor, session: Session) -> bool:
    """Whether the actor is the practitioner who rendered the session, or their supervisor."""
    if actor.practitioner_id is None or not actor.may("note.write"):
        return False
    author = Q(pk=session.practitioner_id) & (
        Q(pk=actor.practitioner_id) | Q(supervisor_id=actor.practitioner_id)
    )
    return type(session.practitioner).objects.filter(author).exists()


def require_author(actor: Actor, session: Session) -> None:
    """Raises NotFound for another clinic's session, NotAllowed unless `may_write`."""
    require_own_clinic(actor, session=session)
    if not may_write(actor, session):
        raise NotAllowed(
            "Only the practitioner who rendered the session, or their supervisor, may write its "
            "note.",
            code="not_own_note",
        )


def _lock(session_id: int) -> None:
    """Lock the session before its note, since a trigger on the note updates the session."""
    Session.objects.select_for_update(no_key=True).values_list("pk").get(pk=session_id)


def _require_user(actor: Actor) -> User:
    """The actor's user. Raises NotAllowed for programs and the system: only a person may sign."""
    if actor.user is None:
        raise NotAllowed(
            "Only a person can sign a note or add to it. Its author must sign in.",
            code="person_needed",
        )
    return actor.user


def _already_signed() -> Conflict:
    return Conflict(
        "This note is signed and locked. Write an addendum instead.", code="note_signed"
    )
