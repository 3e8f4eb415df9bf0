"""A clinic to book in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Organization, Practitioner, User
from accounts.roles import Role
from scheduling.appointments import services as appointments
from scheduling.models import Appointment, Session
from scheduling.sessions import services as sessions
from tests import factories

HOUR = timedelta(hours=1)


class Desk:
    """Every booking is an hour, and an hour is 4 units."""

    def __init__(self, clinic: Organization, *, units: int = 20) -> None:
        self.clinic = clinic
        self.actor = factories.actor(clinic)
        self.patient = factories.PatientFactory(organization=clinic)
        self.practitioner = factories.PractitionerFactory(organization=clinic)
        self.service = factories.ServiceCodeFactory(organization=clinic, code="97153")
        self.authorization = factories.AuthorizationFactory(
            organization=clinic, patient=self.patient, service_codes=[self.service], units=units
        )
        self.room = factories.RoomFactory(organization=clinic)

    def at(self, days: int = 1, hour: int = 10) -> datetime:
        """An hour of the clinic's clock, days ahead."""
        day = self.clinic.local(timezone.now()) + timedelta(days=days)
        return day.replace(hour=hour, minute=0, second=0, microsecond=0)

    def wanted(self, starts_at: datetime | None = None, **changes: Any) -> dict[str, Any]:
        """The body of a booking."""
        starts_at = starts_at or self.at()
        return {
            "patient_id": self.patient.pk,
            "practitioner_id": self.practitioner.pk,
            "service_code_id": self.service.pk,
            "starts_at": starts_at.isoformat(),
            "ends_at": (starts_at + HOUR).isoformat(),
            **changes,
        }

    def book(self, starts_at: datetime | None = None, **changes: Any) -> Appointment:
        starts_at = starts_at or self.at()
        fields = {
            "actor": self.actor,
            "patient": self.patient,
            "practitioner": self.practitioner,
            "service_code": self.service,
            "authorization": self.authorization,
            "starts_at": starts_at,
            "ends_at": starts_at + HOUR,
            **changes,
        }
        return appointments.book(**fields)

    def complete(self, hours_ago: int = 1, **changes: Any) -> Session:
        """A session that was given just now, or hours ago."""
        starts_at = timezone.now() - hours_ago * HOUR
        booked = self.book(starts_at, **changes)
        return sessions.complete(actor=self.actor, appointment=booked)

    def units(self) -> tuple[int, int, int]:
        """Total, used and reserved."""
        self.authorization.refresh_from_db()
        row = self.authorization
        return row.total_units, row.used_units, row.reserved_units

    def member(self, practitioner: Practitioner) -> User:
        """The practitioner as somebody who can sign in."""
        member = factories.MembershipFactory(organization=self.clinic, role=Role.PRACTITIONER)
        practitioner.user = member.user
        practitioner.save(update_fields=["user"])
        return practitioner.user
