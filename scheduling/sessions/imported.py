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
from scheduling.errors import TimeInvalid
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
    units = [_checked(actor, one) for one in imported]
    appointments = [
        _appointment(actor, one, amount) for one, amount in zip(imported, units, strict=True)
    ]
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


def _checked(actor: Actor, one: ImportedAppointment) -> int:
    """Its units."""
    checks.of_clinic(
        actor,
        patient=one.patient,
        practitioner=one.practitioner,
        service_code=one.service_code,
    )
    check_times(one.starts_at, one.ends_at)
    if len(one.external_id) > MAX_EXTERNAL_ID_LENGTH:
        raise Invalid(
            f"The id is longer than {MAX_EXTERNAL_ID_LENGTH} characters.", field="external_id"
        )
    return checks.units(one.service_code, one.starts_at, one.ends_at)


def _appointment(actor: Actor, one: ImportedAppointment, units: int) -> Appointment:
    return Appointment(
        organization=actor.organization,
        patient=one.patient,
        practitioner=one.practitioner,
        service_code=one.service_code,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        units=units,
        status=Status.COMPLETED,
        allows_concurrent=one.service_code.allows_concurrent,
        allows_group=one.service_code.allows_group,
        external_id=one.external_id,
        created_by=actor.user,
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
