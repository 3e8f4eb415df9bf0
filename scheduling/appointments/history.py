"""Events about an appointment's units, session and note, for its history."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import Q

from billing.models import Authorization, LedgerEntry
from scheduling.appointments.reservations import source_of
from scheduling.models import Appointment, ProgressNote, Session


def related_events(appointment: Appointment) -> Q:
    """The condition on events. Every part of it names objects, so that the index is used."""
    sessions = list(Session.objects.filter(appointment=appointment).values_list("pk", flat=True))
    notes = list(ProgressNote.objects.filter(session__in=sessions).values_list("pk", flat=True))
    of_sessions = Q(object_type=Session._meta.label_lower, object_id__in=sessions)
    of_notes = Q(object_type=ProgressNote._meta.label_lower, object_id__in=notes)
    return of_sessions | of_notes | _unit_events(appointment)


def _unit_events(appointment: Appointment) -> Q:
    """By the numbers of the ledger entries: the object of a unit event is an authorization."""
    entries = LedgerEntry.objects.filter(
        authorization__patient=appointment.patient_id,
        reservation__source=source_of(appointment.pk),
    )
    numbers: dict[int, list[int]] = defaultdict(list)
    for authorization, number in entries.values_list("authorization_id", "number"):
        numbers[authorization].append(number)
    found = Q(pk__in=[])
    for authorization, own in numbers.items():
        found |= Q(
            object_type=Authorization._meta.label_lower,
            object_id=authorization,
            action__startswith="unit.",
            details__entry__in=own,
        )
    return found
