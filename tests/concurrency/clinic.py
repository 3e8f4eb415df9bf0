"""A clinic to race in: one patient with an authorization, and as many practitioners as wanted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Patient, Practitioner
from billing.models import Authorization, InsurancePolicy
from scheduling.appointments import cancellation
from scheduling.appointments import services as appointments
from scheduling.models import Appointment, Session
from scheduling.sessions import services as sessions
from tests import factories

HOUR = timedelta(hours=1)


class Clinic:
    """Every booking is an hour, and an hour is 4 units."""

    def __init__(self, *, units: int = 40, **authorization: Any) -> None:
        self.organization = factories.OrganizationFactory(time_zone=factories.where_it_is_noon())
        self.actor = factories.actor(self.organization)
        self.service = factories.ServiceCodeFactory(organization=self.organization)
        self.patient = factories.PatientFactory(organization=self.organization)
        self.authorization = self.authorize(units=units, **authorization)
        self.practitioner = self.practitioners(1)[0]

    def authorize(self, **details: Any) -> Authorization:
        details = {"patient": self.patient, "service_codes": [self.service]} | details
        if policy := InsurancePolicy.objects.filter(patient=details["patient"]).first():
            details["policy"] = policy
        return factories.AuthorizationFactory(organization=self.organization, **details)

    def practitioners(self, count: int) -> list[Practitioner]:
        made: list[Practitioner] = factories.PractitionerFactory.create_batch(
            count, organization=self.organization
        )
        return made

    def patients(self, count: int) -> list[Patient]:
        made: list[Patient] = factories.PatientFactory.create_batch(
            count, organization=self.organization
        )
        return made

    def now(self) -> datetime:
        return timezone.now().replace(microsecond=0)

    def day(self, days: int, hour: int = 10) -> datetime:
        """An hour of the clinic's clock, days ahead."""
        local = self.organization.local(timezone.now()) + timedelta(days=days)
        return local.replace(hour=hour, minute=0, second=0, microsecond=0)

    def book(self, starts_at: datetime | None = None, **details: Any) -> Appointment:
        starts_at = starts_at or self.day(7)
        wanted = {
            "actor": self.actor,
            "patient": self.patient,
            "practitioner": self.practitioner,
            "service_code": self.service,
            "authorization": self.authorization,
            "starts_at": starts_at,
            "ends_at": starts_at + HOUR,
        }
        return appointments.book(**{**wanted, **details})

    def rivals_for_a_room(self, **company: bool) -> list[Callable[[], Appointment]]:
        """Two who want one room at one hour and share nothing else; their lanes do not meet."""
        own = {"organization": self.organization}
        room = factories.RoomFactory(**own)
        rivals = zip(
            self.patients(2),
            self.practitioners(2),
            factories.ServiceCodeFactory.create_batch(2, **own, **company),
            strict=True,
        )
        return [
            lambda patient=patient, practitioner=practitioner, service=service: self.book(
                patient=patient,
                practitioner=practitioner,
                service_code=service,
                room=room,
                authorization=None,
            )
            for patient, practitioner, service in rivals
        ]

    def book_today(self) -> Appointment:
        """One that can be completed: see `complete`."""
        return self.book(self.now())

    def move(self, appointment: Appointment, starts_at: datetime, **details: Any) -> Appointment:
        wanted = {
            "actor": self.actor,
            "appointment": appointment,
            "practitioner": appointment.practitioner,
            "service_code": appointment.service_code,
            "authorization": appointment.authorization,
            "location": appointment.location,
            "room": appointment.room,
            "starts_at": starts_at,
            "ends_at": starts_at + HOUR,
        }
        return appointments.reschedule(**{**wanted, **details})

    def cancel(self, appointment: Appointment, **details: Any) -> Appointment:
        return cancellation.cancel(
            actor=details.pop("actor", self.actor),
            appointment=appointment,
            reason="The family is ill",
            **details,
        )

    def complete(self, appointment: Appointment, *, minutes: int = 60, **details: Any) -> Session:
        ended_at = details.pop("ended_at", None) or self.now()
        return sessions.complete(
            actor=details.pop("actor", self.actor),
            appointment=appointment,
            started_at=ended_at - timedelta(minutes=minutes),
            ended_at=ended_at,
        )

    def balance(self, authorization: Authorization | None = None) -> tuple[int, int, int]:
        """Total, used and reserved units as the database has them."""
        row = Authorization.objects.get(pk=(authorization or self.authorization).pk)
        return row.total_units, row.used_units, row.reserved_units
