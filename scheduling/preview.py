"""What booking would do, before anything is saved: the dry run for pages and programs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from accounts.actor import Actor
from accounts.errors import DomainError
from accounts.models import Patient, Practitioner
from billing import choice
from billing.models import Authorization, Reservation, ServiceCode
from billing.services import rules
from scheduling.models import Appointment, Room
from scheduling.services import checks, conflicts
from scheduling.services.conflicts import Slot
from scheduling.services.reservations import says


@dataclass(frozen=True, kw_only=True)
class Preview:
    """Units, and the balance with and without them; `problems` are the errors booking would raise.

    `used` and `reserved` leave out what an appointment that is being moved holds now.
    """

    day: date
    units: int = 0
    authorization: Authorization | None = None
    total: int = 0
    used: int = 0
    reserved: int = 0
    conflicts: list[DomainError] = field(default_factory=list)
    problems: list[DomainError] = field(default_factory=list)

    @property
    def available(self) -> int:
        return self.total - self.used - self.reserved

    @property
    def available_after(self) -> int:
        return self.available - self.units

    @property
    def fits(self) -> bool:
        return not self.problems and not self.conflicts


def preview(
    *,
    actor: Actor,
    patient: Patient,
    practitioner: Practitioner,
    service_code: ServiceCode,
    starts_at: datetime,
    ends_at: datetime,
    authorization: Authorization | None = None,
    room: Room | None = None,
    beside: Appointment | None = None,
) -> Preview:
    """Reads only. `beside` is the appointment that is being moved."""
    day = actor.organization.local(starts_at).date()
    problems = _cheap_problems(actor, patient, practitioner, service_code, starts_at, ends_at)
    try:
        units = checks.units(service_code, starts_at, ends_at)
    except DomainError as problem:
        return Preview(day=day, problems=[*problems, problem])
    freed = _freed(beside, authorization)
    stays = authorization and freed and says(freed, authorization, service_code, units, day)
    if authorization is not None and not stays:
        why = rules.refusal(
            authorization=authorization,
            patient=patient,
            service_code=service_code,
            units=units,
            date_of_service=day,
            freed=freed,
        )
        problems += [why] if why else []
    slot = Slot(
        patient=patient,
        practitioner=practitioner,
        service_code=service_code,
        starts_at=starts_at,
        ends_at=ends_at,
        room=room,
    )
    return Preview(
        day=day,
        units=units,
        authorization=authorization,
        total=authorization.total_units if authorization else 0,
        used=authorization.used_units if authorization else 0,
        reserved=authorization.reserved_units - (freed.units if freed else 0)
        if authorization
        else 0,
        conflicts=list(conflicts.find(actor, slot, beside=beside)),
        problems=problems,
    )


def choose_authorization(
    actor: Actor,
    *,
    patient: Patient,
    service_code: ServiceCode,
    starts_at: datetime,
    ends_at: datetime,
) -> Authorization | None:
    """What booking should draw on: the best of the patient's authorizations for that day."""
    minutes = int((ends_at - starts_at).total_seconds() // 60)
    return choice.best(
        actor,
        patient=patient,
        service_code=service_code,
        day=actor.organization.local(starts_at).date(),
        units=checks.units_for(service_code, minutes),
    )


def _cheap_problems(
    actor: Actor,
    patient: Patient,
    practitioner: Practitioner,
    service_code: ServiceCode,
    starts_at: datetime,
    ends_at: datetime,
) -> list[DomainError]:
    problems = []
    try:
        checks.times(actor, starts_at, ends_at)
        checks.in_use(patient=patient, practitioner=practitioner, service_code=service_code)
        checks.own_calendar(actor, practitioner, patient)
    except DomainError as problem:
        problems.append(problem)
    return problems


def _freed(beside: Appointment | None, authorization: Authorization | None) -> Reservation | None:
    """What moving gives back to this authorization before it takes anew."""
    held = beside.reservation if beside else None
    if held is None or authorization is None or held.authorization_id != authorization.pk:
        return None
    return held if held.state == Reservation.State.ACTIVE else None
