"""What scheduling sends to webhooks."""

from typing import Any

from accounts.webhooks.catalogue import FLAG, ID, INSTANT, WHOLE, WORD, Kind, register

WHEN_AND_WHO: dict[str, Kind] = {
    "practitioner": ID,
    "authorization": ID,
    "starts_at": INSTANT,
    "ends_at": INSTANT,
    "units": WHOLE,
}


def _appointment(name: str, summary: str, **more: Any) -> None:
    register(f"appointment.{name}", summary, patient=True, **more)


_appointment("booked", "An appointment was booked and its units were reserved.", **WHEN_AND_WHO)
_appointment(
    "rescheduled",
    "An appointment was moved: another time, practitioner, room or service.",
    changed=("ends_at", "starts_at"),
    **WHEN_AND_WHO,
)
_appointment("confirmed", "The patient confirmed that they will come.", before=WORD)
_appointment("arrived", "The patient has arrived.", before=WORD)
_appointment("started", "The session has begun.", before=WORD)
_appointment(
    "completed",
    "The session was completed and its units were consumed.",
    session=ID,
    minutes=WHOLE,
    units=WHOLE,
    reserved=WHOLE,
)
_appointment("cancelled", "An appointment was cancelled.", by=WORD, late=FLAG, released=WHOLE)
_appointment("no_show", "The patient did not come.", released=WHOLE)
_appointment(
    "restored",
    "A check-in (`before` is arrived; no units move), a cancellation or a no-show was undone.",
    before=WORD,
)
_appointment("reopened", "A completed session was reopened.", session=ID, reversed=WHOLE)
_appointment(
    "authorization_changed",
    "An appointment's units are reserved on another authorization, given by its id before and "
    "after.",
    before=ID,
    after=ID,
)
_appointment(
    "imported",
    "A past appointment was imported from another system.",
    session=ID,
    starts_at=INSTANT,
    ends_at=INSTANT,
    units=WHOLE,
)
register("note.drafted", "A progress note was begun.", of="progress_note", patient=True, session=ID)
register(
    "note.updated",
    "The draft of a progress note changed. Sent every few seconds while it is written.",
    of="progress_note",
    patient=True,
    session=ID,
)
register(
    "note.signed",
    "A progress note was signed and locked.",
    of="progress_note",
    patient=True,
    session=ID,
)
register(
    "note.amended",
    "A signed progress note got an addendum.",
    of="progress_note",
    patient=True,
    addendum=ID,
)
register("location.created", "A location was added.")
register("location.updated", "A location changed.", changed=("is_active",))
register("room.created", "A room was added.")
register("room.updated", "A room changed.", changed=("is_active",))
