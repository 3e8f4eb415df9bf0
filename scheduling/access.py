"""The scheduling records that an actor may see, and those that they may change."""

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
    """Patients whom the actor may book for: practitioners only those whose care team they are in.

    Breaking the glass is not enough for a practitioner: booking adds them to the care team, which
    would give them access to the record permanently.
    """
    return treated_patients(actor) if actor.role == Role.PRACTITIONER else patient_directory(actor)


def appointments(actor: Actor) -> AppointmentQuerySet:
    """The appointments that the actor may open."""
    found: AppointmentQuerySet = Appointment.objects.of(actor.organization)
    return found.filter(_scope(actor))


def changeable_appointments(actor: Actor) -> AppointmentQuerySet:
    """The appointments that the actor may change: practitioners only their own."""
    found = appointments(actor)
    if actor.role == Role.PRACTITIONER:
        return found.filter(practitioner_id=actor.practitioner_id)
    return found


def sees_reasons(actor: Actor) -> bool:
    """Whether the actor may read why it was cancelled or overridden: staff write it for staff."""
    return actor.role != Role.PATIENT


def may_change(actor: Actor, appointment: Appointment) -> bool:
    """Whether an appointment that the actor may open is in their `changeable_appointments`."""
    if actor.role == Role.PRACTITIONER:
        return appointment.practitioner_id == actor.practitioner_id
    return True


def busy_times(actor: Actor) -> AppointmentQuerySet:
    """All appointments of the clinic, to show when people are busy. For staff only.

    Show names only for the appointments that are in `appointments` too.
    """
    found: AppointmentQuerySet = Appointment.objects.of(actor.organization)
    return found if actor.is_staff or actor.role == Role.SYSTEM else appointments(actor)


def sessions(actor: Actor) -> SessionQuerySet:
    found: SessionQuerySet = Session.objects.of(actor.organization)
    return found.filter(_scope(actor))


def notes(actor: Actor) -> QuerySet[ProgressNote]:
    """Progress notes: staff only, of the sessions that they may see."""
    found = ProgressNote.objects.filter(organization=actor.organization)
    if not actor.may("note.view"):
        return found.none()
    return found.filter(session__in=sessions(actor))


def _scope(actor: Actor) -> Q:
    """Limits practitioners to their own rows, their supervisees' and their patients'."""
    scope, own = patient_scope(actor, "patient__"), actor.practitioner_id
    if actor.role == Role.PRACTITIONER and own is not None:
        return scope | Q(practitioner_id=own) | Q(practitioner__supervisor_id=own)
    return scope
