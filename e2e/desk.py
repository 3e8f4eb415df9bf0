"""The clinic that most journeys begin in: one patient, in one practitioner's care."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from accounts.actor import Actor
from accounts.models import Patient, Practitioner
from accounts.services import care_team
from billing.models import Authorization
from billing.services import replay
from tests import factories


@dataclass
class Desk:
    """An administrator's: 10 units for the patient, none of them used."""

    actor: Actor
    patient: Patient
    practitioner: Practitioner
    authorization: Authorization

    @classmethod
    def furnished(cls, practitioner: Practitioner | None = None) -> Desk:
        organization = (
            practitioner.organization if practitioner else factories.OrganizationFactory()
        )
        actor = factories.actor(organization)
        service = factories.ServiceCodeFactory(organization=organization, code="97153")
        authorization = factories.AuthorizationFactory(
            organization=organization, service_codes=[service], units=10
        )
        practitioner = practitioner or factories.PractitionerFactory(organization=organization)
        care_team.ensure(actor=actor, patient=authorization.patient, practitioner=practitioner)
        return cls(actor, authorization.patient, practitioner, authorization)

    @property
    def monday(self) -> date:
        """Of next week, so that every slot is still to come."""
        today = self.actor.organization.today()
        return today + timedelta(days=7 - today.weekday())

    @property
    def week(self) -> str:
        week = self.actor.url("scheduling:week")
        return f"{week}?date={self.monday}&practitioner={self.practitioner.pk}"

    def balance(self) -> tuple[int, int, int]:
        """Total, used and reserved; and the ledger says the same."""
        self.authorization.refresh_from_db()
        found = self.authorization
        assert replay.differences() == []
        return found.total_units, found.used_units, found.reserved_units
