"""Breaking the glass: access to a record from outside the care team, with a reason, for an hour."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from accounts import access
from accounts.actor import Actor
from accounts.errors import Conflict, Invalid, NotAllowed
from accounts.messages.tasks import tell_of_broken_glass
from accounts.models import BreakGlass, Patient
from accounts.writes import events, fields
from accounts.writes.rows import not_found
from accounts.writes.transaction import write

ACCESS_DURATION = timedelta(minutes=60)
RECENT_PERIOD = timedelta(days=7)
MIN_REASON_LENGTH = 10


@write("glass.break")
def open(*, actor: Actor, patient: Patient, reason: str) -> BreakGlass:
    """Open the record to the actor for an hour. Administrators are notified by mail.

    Raises NotAllowed `person_required`, NotFound, Invalid, Conflict `record_open`.
    """
    if actor.user is None:
        raise NotAllowed(
            "A program cannot break the glass: a person answers for it.", code="person_required"
        )
    reason = reason.strip()
    if not access.patient_directory(actor).filter(pk=patient.pk).exists():
        raise not_found(patient)
    if len(reason) < MIN_REASON_LENGTH:
        raise Invalid(
            f"Say why you need this record, in {MIN_REASON_LENGTH} characters or more. "
            "The clinic's administrators will read it.",
            code="reason_too_short",
            field="reason",
        )
    if access.patients(actor).filter(pk=patient.pk).exists():
        raise Conflict("This record is open to you already.", code="record_open")
    glass = BreakGlass(
        organization=actor.organization,
        user=actor.user,
        patient=patient,
        reason=reason,
        expires_at=timezone.now() + ACCESS_DURATION,
    )
    fields.check(glass)
    glass.save(force_insert=True)
    events.record(actor=actor, action="glass.broken", obj=glass, patient=patient)
    tell_of_broken_glass.defer(glass_id=glass.pk)
    return glass


def recent(actor: Actor) -> QuerySet[BreakGlass]:
    """Accesses of the last seven days, newest first, for administrators to review."""
    rows = BreakGlass.objects.filter(
        organization=actor.organization, granted_at__gte=timezone.now() - RECENT_PERIOD
    )
    if not actor.may("event.view"):
        return rows.none()
    return rows.select_related("user", "patient")
