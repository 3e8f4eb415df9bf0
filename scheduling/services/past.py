"""Visits that took place before the clinic came to Caretally, written as completed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts.actor import Actor
from accounts.errors import Invalid
from accounts.models import Patient, Practitioner
from accounts.services import care_team, events, loading
from accounts.services.transaction import write
from billing.models import ServiceCode
from scheduling.errors import TimeInvalid
from scheduling.models import Appointment, Session, Status
from scheduling.services import checks

LONGEST_ID = 64


@dataclass(frozen=True, kw_only=True)
class PastVisit:
    """`external_id` is what it is called where it comes from. No authorization: private pay."""

    patient: Patient
    practitioner: Practitioner
    service_code: ServiceCode
    starts_at: datetime
    ends_at: datetime
    external_id: str


@write("appointment.record_past")
def record(*, actor: Actor, visits: Sequence[PastVisit]) -> None:
    """Write the appointments and their sessions: all of them, or none.

    Raises NotFound for another clinic's people, TimeInvalid, and NotFree when one of them meets
    another of the same practitioner or patient.
    """
    units = [_checked(actor, visit) for visit in visits]
    appointments = [
        _appointment(actor, visit, amount) for visit, amount in zip(visits, units, strict=True)
    ]
    loading.insert(appointments)
    sessions = [_session(one) for one in appointments]
    loading.insert(sessions)
    for visit in {(visit.patient.pk, visit.practitioner.pk): visit for visit in visits}.values():
        care_team.ensure(actor=actor, patient=visit.patient, practitioner=visit.practitioner)
    loading.insert(
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
    """Raises TimeInvalid for what no visit of the past can have been."""
    checks.length(starts_at, ends_at)
    if ends_at > timezone.now():
        raise TimeInvalid("It ends in the future.", code="in_the_future", field="ends_at")


def _checked(actor: Actor, visit: PastVisit) -> int:
    """The visit's units."""
    checks.of_clinic(
        actor,
        patient=visit.patient,
        practitioner=visit.practitioner,
        service_code=visit.service_code,
    )
    check_times(visit.starts_at, visit.ends_at)
    if len(visit.external_id) > LONGEST_ID:
        raise Invalid(f"The id is longer than {LONGEST_ID} characters.", field="external_id")
    return checks.units(visit.service_code, visit.starts_at, visit.ends_at)


def _appointment(actor: Actor, visit: PastVisit, units: int) -> Appointment:
    return Appointment(
        organization=actor.organization,
        patient=visit.patient,
        practitioner=visit.practitioner,
        service_code=visit.service_code,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        units=units,
        status=Status.COMPLETED,
        allows_concurrent=visit.service_code.allows_concurrent,
        allows_group=visit.service_code.allows_group,
        external_id=visit.external_id,
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
