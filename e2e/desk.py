"""The clinic that most journeys begin in: one patient, in one practitioner's care."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from accounts.actor import Actor
from accounts.care_team import services as care_team
from accounts.models import Organization, Patient, Practitioner
from accounts.roles import Role
from billing.ledger import replay
from billing.models import Authorization
from scheduling.appointments import services as appointments
from scheduling.models import Appointment
from tests import factories

HOUR = timedelta(hours=1)


@dataclass
class Desk:
    """An administrator's: 10 units for the patient, none of them used."""

    actor: Actor
    patient: Patient
    practitioner: Practitioner
    authorization: Authorization

    @property
    def organization(self) -> Organization:
        return self.actor.organization

    @property
    def monday(self) -> date:
        """Of next week, so that every slot is still to come."""
        today = self.organization.today()
        return today + timedelta(days=7 - today.weekday())

    @property
    def week(self) -> str:
        week = self.actor.url("scheduling:week")
        return f"{week}?date={self.monday}&practitioner={self.practitioner.pk}"

    @property
    def everybodys_week(self) -> str:
        """As the week view begins."""
        return f"{self.actor.url('scheduling:week')}?date={self.monday}"

    def at(self, hour: int) -> datetime:
        """On that Monday, by the clinic's clock."""
        midnight = datetime.combine(self.monday, datetime.min.time(), self.organization.zone)
        return midnight.replace(hour=hour)

    def book(self, starts_at: datetime | None = None) -> Appointment:
        """An hour, 4 units: from now, unless said otherwise."""
        starts_at = starts_at or timezone.now().replace(microsecond=0)
        return appointments.book(
            actor=self.actor,
            patient=self.patient,
            practitioner=self.practitioner,
            service_code=self.authorization.service_codes.get(),
            authorization=self.authorization,
            starts_at=starts_at,
            ends_at=starts_at + HOUR,
        )

    def member(self, role: Role) -> Actor:
        return factories.actor(self.organization, role)

    def balance(self) -> tuple[int, int, int]:
        """Total, used and reserved; and the ledger says the same."""
        self.authorization.refresh_from_db()
        found = self.authorization
        assert replay.differences() == []
        return found.total_units, found.used_units, found.reserved_units


def furnished(practitioner: Practitioner | None = None) -> Desk:
    """With a practitioner who does not sign in, or with this one."""
    practitioner = practitioner or factories.PractitionerFactory(
        organization__time_zone=factories.where_it_is_noon()
    )
    organization = practitioner.organization
    actor = factories.actor(organization)
    service = factories.ServiceCodeFactory(organization=organization, code="97153")
    authorization = factories.AuthorizationFactory(
        organization=organization, service_codes=[service], units=10
    )
    care_team.ensure(actor=actor, patient=authorization.patient, practitioner=practitioner)
    return Desk(actor, authorization.patient, practitioner, authorization)
