"""Records that a patient's record was viewed, listed or exported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Event, Patient
from accounts.writes import events
from accounts.writes.transaction import write

# A page loads its parts within this time.
REPEATED_VIEW_INTERVAL = timedelta(minutes=1)


@write("record.view")
def view(*, actor: Actor, patient: Patient, obj: models.Model | None = None) -> Event:
    """Record that the actor viewed the record, or `obj` in it.

    The event is marked if only breaking the glass gave access.
    """
    return events.record(actor=actor, action="patient.viewed", obj=obj or patient, patient=patient)


def listed(
    *, actor: Actor, of: str, patients: Iterable[int | None], filters: Iterable[str] = ()
) -> None:
    """Record that the actor was shown a list `of` something with data of these patients.

    `filters` are the names of those in use, never their values. One event per page, inserted by one
    statement; none without patients. See docs/decisions/0029.
    """
    shown = sorted({pk for pk in patients if pk is not None})
    if shown:
        details: dict[str, Any] = {"list": of, "patients": shown, "filters": sorted(filters)}
        events.record(actor=actor, action="patient.listed", obj=actor.organization, **details)


def view_part(*, actor: Actor, patient: Patient) -> None:
    """Record that the actor saw a part of a record's page, unless they have just seen the page.

    Whether a page requested it is not read from the request headers, which the client controls.
    """
    seen = Event.objects.filter(
        patient=patient,
        actor=actor.user,
        action="patient.viewed",
        at__gt=timezone.now() - REPEATED_VIEW_INTERVAL,
    )
    if not seen.exists():
        view(actor=actor, patient=patient)


@write("audit.export")
def exported(*, actor: Actor, filters: Iterable[str], ids: Mapping[str, int]) -> Event:
    """Record that the clinic's audit log was exported.

    `filters` are the names of those in use, never what was typed; `ids` are what some of them chose
    from a list, by their names.
    """
    details: dict[str, Any] = {"filters": sorted(filters), "ids": dict(ids)}
    return events.record(actor=actor, action="audit.exported", obj=actor.organization, **details)
