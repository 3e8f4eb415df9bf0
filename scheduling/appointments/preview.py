"""What booking would do, before anything is saved: the dry run for pages and programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from accounts import permissions
from accounts.actor import Actor
from accounts.errors import DomainError
from accounts.models import Patient, Practitioner
from billing.ledger import rules
from billing.models import Authorization, Reservation, ServiceCode
from scheduling.appointments import checks, conflicts, reservations
from scheduling.appointments.conflicts import Slot
from scheduling.appointments.reservations import AuthorizationChoice
from scheduling.errors import NotFree
from scheduling.models import Appointment, Location, Room


@dataclass(frozen=True, kw_only=True)
class Units:
    total: int
    used: int
    reserved: int

    @property
    def available(self) -> int:
        return self.total - self.used - self.reserved


@dataclass(frozen=True, kw_only=True)
class Preview:
    """Units, and the balance with and without them; `problems` are the errors booking would raise.

    They come in the order in which booking meets them; the conflicts, which it meets before it
    asks for units, are apart.

    `out_of_hours` says that the clinic is closed for some of the time, which refuses nothing.
    `used` and `reserved` leave out what an appointment that is being moved holds now, which is
    `held`. Where somebody books over them, `overrides` says that the conflicts do not stand in the
    way.
    """

    day: date
    out_of_hours: bool
    units: int = 0
    authorization: Authorization | None = None
    total: int = 0
    used: int = 0
    reserved: int = 0
    held: int = 0
    conflicts: list[NotFree] = field(default_factory=list)
    problems: list[DomainError] = field(default_factory=list)
    overrides: bool = False

    @property
    def available(self) -> int:
        return self.total - self.used - self.reserved

    @property
    def available_after(self) -> int:
        return self.available - self.units

    @property
    def fits(self) -> bool:
        return not self.problems and (self.overrides or not self.conflicts)

    @property
    def before(self) -> Units | None:
        """The authorization's units as they are."""
        return self._units(self.held) if self.authorization else None

    @property
    def after(self) -> Units | None:
        """What booking would leave, where it would be done."""
        return self._units(self.units) if self.authorization and self.fits else None

    def _units(self, own: int) -> Units:
        return Units(total=self.total, used=self.used, reserved=self.reserved + own)


def preview(
    *,
    actor: Actor,
    patient: Patient,
    practitioner: Practitioner,
    service_code: ServiceCode,
    starts_at: datetime,
    ends_at: datetime,
    authorization: AuthorizationChoice = None,
    location: Location | None = None,
    room: Room | None = None,
    override_reason: str = "",
    beside: Appointment | None = None,
) -> Preview:
    """Reads only. Takes what `appointments.book` takes; `beside` is one that is being moved."""
    slot = Slot(
        patient=patient,
        practitioner=practitioner,
        service_code=service_code,
        starts_at=starts_at,
        ends_at=ends_at,
        room=room,
    )
    day = actor.organization.local(starts_at).date()
    problems = _raised(lambda: checks.times(actor, starts_at, ends_at))
    problems += _raised(lambda: checks.place(location, room))
    units = 0
    try:
        units = checks.units(service_code, starts_at, ends_at)
    except DomainError as problem:
        problems.append(problem)
    problems += _access_problems(actor, slot, location, beside)
    found = conflicts.find(actor, slot, beside=beside)
    if found and override_reason.strip():
        problems += _raised(lambda: permissions.require(actor.role, "appointment.override"))
    drawn = reservations.resolve_authorization(actor, slot, authorization, units, beside=beside)
    freed = _freed(beside, drawn)
    if drawn is not None and units:
        problems += _refusal(slot, drawn, units, day, freed)
    held = freed.units if freed else 0
    return Preview(
        day=day,
        out_of_hours=not actor.organization.is_open(starts_at, ends_at),
        units=units,
        authorization=drawn,
        total=drawn.total_units if drawn else 0,
        used=drawn.used_units if drawn else 0,
        reserved=drawn.reserved_units - held if drawn else 0,
        held=held,
        conflicts=found,
        problems=problems,
        overrides=bool(override_reason.strip()),
    )


def _access_problems(
    actor: Actor, slot: Slot, location: Location | None, beside: Appointment | None
) -> list[DomainError]:
    """What stands against these people, this service and this place, and against moving at all."""
    problems: list[DomainError] = []
    if beside is not None:
        problems += _raised(lambda: checks.require_changeable(actor, beside))
    problems += _raised(lambda: _in_use(slot, location, beside))
    problems += _raised(lambda: checks.own_calendar(actor, slot.practitioner, slot.patient))
    if beside is not None:
        problems += _raised(lambda: checks.movable(beside))
    people = _raised(
        lambda: checks.require_active(patient=slot.patient, practitioner=slot.practitioner)
    )
    return problems + people


def _in_use(slot: Slot, location: Location | None, beside: Appointment | None) -> None:
    service, room = slot.service_code, slot.room
    location = room.location if room else location
    if beside is None:
        checks.require_active(service_code=service, location=location, room=room)
    else:
        checks.require_active_if_changed(beside, service_code=service, location=location, room=room)


def _raised(check: Callable[[], object]) -> list[DomainError]:
    try:
        check()
    except DomainError as problem:
        return [problem]
    return []


def _refusal(
    slot: Slot, authorization: Authorization, units: int, day: date, freed: Reservation | None
) -> list[DomainError]:
    """What stands against the units; held ones that stay as they are ask for nothing."""
    if freed and reservations.says(freed, authorization, slot.service_code, units, day):
        return []
    why = rules.refusal(
        authorization=authorization,
        patient=slot.patient,
        service_code=slot.service_code,
        units=units,
        date_of_service=day,
        freed=freed,
    )
    return [why] if why else []


def _freed(beside: Appointment | None, authorization: Authorization | None) -> Reservation | None:
    """What moving gives back to this authorization before it takes anew."""
    held = reservations.released_reservation(beside)
    if held is None or authorization is None or held.authorization_id != authorization.pk:
        return None
    return held
