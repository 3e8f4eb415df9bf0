"""Looking into a patient's record leaves a trace as changing it does."""

from __future__ import annotations

from django.db import models

from accounts.actor import Actor
from accounts.models import Event, Patient
from accounts.services import events
from accounts.services.transaction import write


@write("record.view")
def view(*, actor: Actor, patient: Patient, obj: models.Model | None = None) -> Event:
    """Record that the actor saw the record, or `obj` in it.

    The event is marked when only broken glass let them in.
    """
    return events.record(actor=actor, action="patient.viewed", obj=obj or patient, patient=patient)


@write("audit.export")
def exported(*, actor: Actor, filters: dict[str, str]) -> Event:
    """Record that the clinic's audit log left the house, and what of it."""
    return events.record(
        actor=actor, action="audit.exported", obj=actor.organization, filters=filters
    )
