"""What somebody wants to book, or to move an appointment to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from accounts.actor import Actor
from accounts.models import Patient, Practitioner
from billing.models import Authorization, Reservation, ServiceCode
from billing.units import units_for, whole_minutes
from scheduling.models import Appointment, Location, Room

# Not resolved before the write: a retried booking must have the same arguments as the first one,
# although another authorization may be the best by then.
BEST: Final = "best"
AuthorizationChoice = Authorization | Literal["best"] | None


@dataclass(frozen=True, kw_only=True)
class Booking:
    """One wanted appointment: by and for whom, what, when (instants), where, on which units.

    `authorization` is None for private pay, BEST to let the best be chosen. `moving` is the
    appointment that is being moved, or that takes its own time again; None for a new one.
    """

    actor: Actor
    patient: Patient
    practitioner: Practitioner
    service_code: ServiceCode
    starts_at: datetime
    ends_at: datetime
    authorization: AuthorizationChoice = None
    location: Location | None = None
    room: Room | None = None
    override_reason: str = ""
    moving: Appointment | None = None

    @property
    def date_of_service(self) -> date:
        """The clinic's own date at the start."""
        return self.actor.organization.local(self.starts_at).date()

    @property
    def units(self) -> int:
        """0 when the time is too short for one."""
        return units_for(self.service_code, whole_minutes(self.starts_at, self.ends_at))

    @property
    def resolved_location(self) -> Location | None:
        """The location, taken from the room when only that is given."""
        return self.location or (self.room.location if self.room else None)

    @property
    def overrides_conflicts(self) -> bool:
        return bool(self.override_reason.strip())

    @property
    def released_reservation(self) -> Reservation | None:
        """The reservation that moving releases, unless it can stay (`reservations.matches`)."""
        reservation = self.moving.reservation if self.moving else None
        is_active = reservation is not None and reservation.state == Reservation.State.ACTIVE
        return reservation if is_active else None
