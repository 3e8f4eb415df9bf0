"""What booking or moving an appointment would do, without saving anything."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from accounts.actor import Actor
from accounts.errors import DomainError
from accounts.models import Patient, Practitioner
from billing.models import Authorization, ServiceCode
from scheduling.appointments import reservations
from scheduling.appointments import rules as booking_rules
from scheduling.appointments.booking import AuthorizationChoice, Booking
from scheduling.appointments.errors import NotFree
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
    """The units needed, the authorization's balance, and what stands against booking.

    `problems` are all errors that booking could raise, the first first (`booking_rules`), except
    the `conflicts`. These refuse nothing if `overrides`: somebody gave a reason to override them.
    `out_of_hours` (the clinic is closed for some of the time) never refuses.
    `reserved` is without `released`, the units of an appointment that is being moved.
    """

    day: date
    out_of_hours: bool
    units: int = 0
    authorization: Authorization | None = None
    total: int = 0
    used: int = 0
    reserved: int = 0
    released: int = 0
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
        """The authorization's units as they are now."""
        return self._units(self.released) if self.authorization else None

    @property
    def after(self) -> Units | None:
        """The authorization's units after booking; None where that would be refused."""
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
    moving: Appointment | None = None,
) -> Preview:
    """Reads only. Takes what `appointments.book` takes; `moving` is one that is being moved."""
    booking = Booking(
        actor=actor,
        patient=patient,
        practitioner=practitioner,
        service_code=service_code,
        starts_at=starts_at,
        ends_at=ends_at,
        authorization=authorization,
        location=location,
        room=room,
        override_reason=override_reason,
        moving=moving,
    )
    chosen = reservations.resolve_authorization(booking)
    booking = replace(booking, authorization=chosen)
    found = list(booking_rules.problems(booking))
    released = _released_units(booking, chosen)
    return Preview(
        day=booking.date_of_service,
        out_of_hours=not actor.organization.is_open(starts_at, ends_at),
        units=booking.units,
        authorization=chosen,
        total=chosen.total_units if chosen else 0,
        used=chosen.used_units if chosen else 0,
        reserved=chosen.reserved_units - released if chosen else 0,
        released=released,
        conflicts=[problem for problem in found if isinstance(problem, NotFree)],
        problems=[problem for problem in found if not isinstance(problem, NotFree)],
        overrides=booking.overrides_conflicts,
    )


def _released_units(booking: Booking, authorization: Authorization | None) -> int:
    """The units of this authorization that moving the appointment releases first."""
    released = booking.released_reservation
    if released is None or authorization is None or released.authorization_id != authorization.pk:
        return 0
    return released.units
