"""What of the calendar an actor may see, and what of it they may change."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.access import patient_directory, patient_scope, treated_patients
from accounts.actor import Actor
from accounts.models.patient import PatientQuerySet
from accounts.roles import Role
from scheduling.models import Appointment, Location, ProgressNote, Room, Session
from scheduling.models.appointment import AppointmentQuerySet
from scheduling.models.location import LocationQuerySet
from scheduling.models.session import SessionQuerySet


def locations(actor: Actor) -> LocationQuerySet:
    found: LocationQuerySet = Location.objects.of(actor.organization)
    return found


def rooms(actor: Actor) -> LocationQuerySet:
    found: LocationQuerySet = Room.objects.of(actor.organization)
    return found


def bookable_patients(actor: Actor) -> PatientQuerySet:
    """Whom the actor may book for: practitioners their care team's, the desk everybody.

    Not whom broken glass shows to a practitioner: the booking would open the record for good.
    """
    return treated_patients(actor) if actor.role == Role.PRACTITIONER else patient_directory(actor)


def appointments(actor: Actor) -> AppointmentQuerySet:
    """Those the actor may open."""
    found: AppointmentQuerySet = Appointment.objects.of(actor.organization)
    return found.filter(_scope(actor))


def changeable_appointments(actor: Actor) -> AppointmentQuerySet:
    """Those the actor's verbs reach: practitioners change their own only."""
    found = appointments(actor)
    if actor.role == Role.PRACTITIONER:
        return found.filter(practitioner_id=actor.practitioner_id)
    return found


def sees_reasons(actor: Actor) -> bool:
    """Why something was cancelled or booked over is written by staff for staff."""
    return actor.role != Role.PATIENT


def may_change(actor: Actor, appointment: Appointment) -> bool:
    """Whether one that the actor may open is among their `changeable_appointments`."""
    if actor.role == Role.PRACTITIONER:
        return appointment.practitioner_id == actor.practitioner_id
    return True


def busy_times(actor: Actor) -> AppointmentQuerySet:
    """Every appointment of the clinic, to know when people are taken. Staff only.

    Whoever draws these shows names only for what `appointments` holds too.
    """
    found: AppointmentQuerySet = Appointment.objects.of(actor.organization)
    return found if actor.is_staff or actor.role == Role.SYSTEM else appointments(actor)


def sessions(actor: Actor) -> SessionQuerySet:
    found: SessionQuerySet = Session.objects.of(actor.organization)
    return found.filter(_scope(actor))


def notes(actor: Actor) -> QuerySet[ProgressNote]:
    """Clinical notes: staff only, and practitioners as far as their patients."""
    found = ProgressNote.objects.filter(organization=actor.organization)
    if not actor.may("note.view"):
        return found.none()
    return found.filter(session__in=sessions(actor))


def _scope(actor: Actor) -> Q:
    """A practitioner's own, those of who works under their supervision, and their patients'."""
    scope, own = patient_scope(actor, "patient__"), actor.practitioner_id
    if actor.role == Role.PRACTITIONER and own is not None:
        return scope | Q(practitioner_id=own) | Q(practitioner__supervisor_id=own)
    return scope
