"""The audit trail. An event is written in the transaction of the change that it describes."""

from __future__ import annotations

from typing import Any

from django.db import models

from accounts.access import open_glass
from accounts.actor import Actor
from accounts.models import Event, Patient


def record(
    *, actor: Actor, action: str, obj: models.Model, patient: Patient | None = None, **details: Any
) -> Event:
    """Write one event. `details` are ids and figures, never clinical text or secrets."""
    event = describe(actor=actor, action=action, obj=obj, patient=patient, **details)
    event.break_glass = open_glass(actor, patient) if patient else None
    event.save(force_insert=True)
    return event


def describe(
    *, actor: Actor, action: str, obj: models.Model, patient: Patient | None = None, **details: Any
) -> Event:
    """The event, not written yet: what loads much at once sets when it was, and writes many."""
    # By ids: much is loaded at once, and a related object costs Django more than the rest.
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
