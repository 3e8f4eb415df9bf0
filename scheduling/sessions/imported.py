"""Appointments that took place before the clinic came to Caretally, written as completed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts.actor import Actor
from accounts.care_team import services as care_team
from accounts.errors import Invalid
from accounts.models import Patient, Practitioner
from accounts.writes import bulk_insert, events
from accounts.writes.transaction import write
from billing.models import ServiceCode
from scheduling.appointments import checks
from scheduling.appointments import rules as booking_rules
from scheduling.appointments.booking import Booking
from scheduling.appointments.errors import TimeInvalid
from scheduling.models import Appointment, Session, Status

MAX_EXTERNAL_ID_LENGTH = 64


@dataclass(frozen=True, kw_only=True)
class ImportedAppointment:
    """`external_id` is what it is called where it comes from. No authorization: private pay."""

    patient: Patient
    practitioner: Practitioner
    service_code: ServiceCode
    starts_at: datetime
    ends_at: datetime
    external_id: str


@write("appointment.record_past")
def record(*, actor: Actor, imported: Sequence[ImportedAppointment]) -> None:
    """Write the appointments and their sessions: all of them, or none.

    Raises NotFound for another clinic's people, TimeInvalid, and NotFree when one of them meets
    another of the same practitioner or patient.
    """
    appointments = [_appointment(_checked(actor, one), one.external_id) for one in imported]
    bulk_insert.insert(appointments)
    sessions = [_session(one) for one in appointments]
    bulk_insert.insert(sessions)
    for one in {(one.patient.pk, one.practitioner.pk): one for one in imported}.values():
        care_team.ensure(actor=actor, patient=one.patient, practitioner=one.practitioner)
    bulk_insert.insert(
        [
            events.describe(
                actor=actor,
                action="appointment.imported",
                obj=one,
                patient=one.patient,
                session=session.pk,
                external_id=one.external_id,
                starts_at=one.starts_at.isoformat(),
                ends_at=one.ends_at.isoformat(),
                units=one.units,
            )
            for one, session in zip(appointments, sessions, strict=True)
        ]
    )


def check_times(starts_at: datetime, ends_at: datetime) -> None:
    """Raises TimeInvalid for what cannot have taken place."""
    checks.length(starts_at, ends_at)
    if ends_at > timezone.now():
        raise TimeInvalid("It ends in the future.", code="in_the_future", field="ends_at")


def _has_taken_place(booking: Booking) -> booking_rules.Problems:
    yield from booking_rules.raised_by(check_times, booking.starts_at, booking.ends_at)


# The past is recorded as it was, also of people who have left: the other rules do not apply.
RULES: tuple[booking_rules.Rule, ...] = (
    booking_rules.belongs_to_clinic,
    _has_taken_place,
    booking_rules.fills_a_unit,
)


def _checked(actor: Actor, one: ImportedAppointment) -> Booking:
    booking = Booking(
        actor=actor,
        patient=one.patient,
        practitioner=one.practitioner,
        service_code=one.service_code,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
    )
    booking_rules.require(booking, RULES)
    if len(one.external_id) > MAX_EXTERNAL_ID_LENGTH:
        raise Invalid(
            f"The id is longer than {MAX_EXTERNAL_ID_LENGTH} characters.", field="external_id"
        )
    return booking


def _appointment(booking: Booking, external_id: str) -> Appointment:
    service = booking.service_code
    return Appointment(
        organization=booking.actor.organization,
        patient=booking.patient,
        practitioner=booking.practitioner,
        service_code=service,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        units=booking.units,
        status=Status.COMPLETED,
        allows_concurrent=service.allows_concurrent,
        allows_group=service.allows_group,
        external_id=external_id,
        created_by=booking.actor.user,
    )


def _session(appointment: Appointment) -> Session:
    return Session(
        organization_id=appointment.organization_id,
        appointment=appointment,
        patient_id=appointment.patient_id,
        practitioner_id=appointment.practitioner_id,
        started_at=appointment.starts_at,
        ended_at=appointment.ends_at,
        units=appointment.units,
    )
