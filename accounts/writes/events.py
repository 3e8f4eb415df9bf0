"""The audit trail. An event is written in the transaction of the change that it describes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models

from accounts.access import open_glass
from accounts.actor import Actor
from accounts.models import Event, Patient
from accounts.writes.bulk_insert import insert_few


@dataclass(frozen=True)
class _Waiting:
    """The events of the current write that are not inserted yet, and its savepoint depth."""

    savepoints: int
    events: list[Event] = field(default_factory=list)


_waiting: ContextVar[_Waiting | None] = ContextVar("events_of_a_write", default=None)


def record(
    *, actor: Actor, action: str, obj: models.Model, patient: Patient | None = None, **details: Any
) -> Event:
    """Record an event. `details` are ids and figures, never clinical text or secrets.

    Inside a write the event has no id yet: the events of a write are inserted together at its end.
    """
    event = of_record(actor=actor, action=action, obj=obj, patient=patient, **details)
    waiting = _waiting.get()
    if waiting is None or waiting.savepoints != _savepoints():
        insert_few(event)  # in a savepoint, whose rollback must include its event
    else:
        waiting.events.append(event)
    return event


@contextmanager
def together() -> Iterator[None]:
    """Insert the events recorded inside by one statement at the end, unless the block fails."""
    token = _waiting.set(_Waiting(_savepoints()))
    try:
        yield
        flush()
    finally:
        _waiting.reset(token)


def flush() -> None:
    """Insert the waiting events now, for code that reads them within the same write."""
    if (waiting := _waiting.get()) is not None:
        insert_few(*waiting.events)
        waiting.events.clear()


def _savepoints() -> int:
    return len(connection.savepoint_ids)


def of_record(
    *, actor: Actor, action: str, obj: models.Model, patient: Patient | None = None, **details: Any
) -> Event:
    """An unsaved event about a patient's record, with the break-glass access if one was used."""
    event = describe(actor=actor, action=action, obj=obj, patient=patient, **details)
    event.break_glass = open_glass(actor, patient) if patient else None
    return event


def describe(
    *, actor: Actor, action: str, obj: models.Model, patient: Patient | None = None, **details: Any
) -> Event:
    """An unsaved event; bulk loading sets its time and inserts many at once."""
    # By ids: for bulk loading, related objects would cost more than all the rest.
    return Event(
        organization_id=actor.organization.pk,
        actor_id=actor.user.pk if actor.user else None,
        api_key_id=actor.api_key_id,
        actor_role=actor.role,
        channel=actor.channel,
        action=action,
        object_type=obj._meta.label_lower,
        object_id=obj.pk,
        patient_id=patient.pk if patient else None,
        details=details,
        request_id=actor.request_id,
        address=actor.address,
    )


def changes(obj: models.Model, cleaned: dict[str, Any]) -> dict[str, list[str]]:
    """What `cleaned` would change on `obj`: field name to its value before and after, as text."""
    found = {}
    for name, after in cleaned.items():
        before = getattr(obj, name)
        if before != after:
            found[name] = [str(before), str(after)]
    return found
