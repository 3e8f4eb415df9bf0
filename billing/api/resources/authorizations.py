from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from accounts.actor import Actor
from accounts.api.endpoints import creates, does, shows, updates
from accounts.api.resource import Resource
from billing import access
from billing.api.filters import AuthorizationListFilter, EntryListFilter, ReservationFilter
from billing.api.inputs import authorization as inputs
from billing.api.outputs import authorization as outputs
from billing.models import Authorization, LedgerEntry, Reservation, ServiceCode
from billing.services import authorizations, external_reservations, replay, rules


class Authorizations(Resource):
    area = "authorizations"
    verbs = {"list": "authorization.view", "retrieve": "authorization.view"}
    output = outputs.AuthorizationOutput
    filterset_class = AuthorizationListFilter
    ordering_fields = {"end_date": "end_date", "number": "number", "available_units": "available"}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[Authorization]:
        today = actor.organization.today()
        found = access.authorizations(actor).with_state(today=today).with_available()
        return found.with_services().select_related("patient")

    @classmethod
    def bare_rows(cls, actor: Actor) -> QuerySet[Authorization]:
        return access.authorizations(actor).select_related("patient")

    @creates("authorization.create", inputs.NewAuthorization)
    def create(self, **fields: Any) -> Authorization:
        """Record an authorization and grant its units."""
        return authorizations.create(actor=self.actor, **fields)

    @updates("authorization.update", inputs.AuthorizationChange)
    def partial_update(self, row: Authorization, **fields: Any) -> Authorization:
        """Change what the payer's letter says, but not the units."""
        return authorizations.update(actor=self.actor, authorization=row, **fields)

    @does("unit.adjust", inputs.NewTotal)
    def adjust(self, row: Authorization, **fields: Any) -> Authorization:
        """Correct the total, with a reason."""
        return authorizations.set_total(actor=self.actor, authorization=row, **fields)

    @does("authorization.activate")
    def activate(self, row: Authorization) -> Authorization:
        """Put a pending authorization to use."""
        return authorizations.activate(actor=self.actor, authorization=row)

    @does("authorization.cancel", inputs.Reason)
    def cancel(self, row: Authorization, *, reason: str) -> Authorization:
        """Cancel an authorization; what is used stays used."""
        return authorizations.cancel(actor=self.actor, authorization=row, reason=reason)

    @does("unit.reserve", inputs.NewReservation, answers=outputs.ReservationOutput, status=201)
    def reserve(self, row: Authorization, **fields: Any) -> Reservation:
        """Hold units for a date of service.

        Booking an appointment holds its units itself; this is for what is no appointment here.
        """
        return external_reservations.reserve(actor=self.actor, authorization=row, **fields)

    @shows("authorization.view", outputs.AvailabilityOutput, takes=inputs.Wanted)
    def availability(
        self, row: Authorization, *, units: int, date_of_service: date, service_code: ServiceCode
    ) -> dict[str, Any]:
        """Say whether units could be reserved for a day, and why not."""
        refusal = rules.refusal(
            authorization=row,
            patient=row.patient,
            service_code=service_code,
            units=units,
            date_of_service=date_of_service,
        )
        return {
            "units": units,
            "date_of_service": date_of_service,
            "is_available": refusal is None,
            "available_units": row.available_units,
            "refusal": refusal,
        }

    @shows("authorization.view", outputs.BalanceOutput, takes=inputs.AsOf)
    def balance(self, row: Authorization, *, at: datetime) -> dict[str, Any]:
        """Give the balance as of an instant."""
        then = replay.balance_as_of(row, at)
        return {
            "at": at,
            "total": then.total,
            "used": then.used,
            "reserved": then.reserved,
            "available": then.available,
            "entry": then.entry,
        }

    @shows(
        "ledger.view",
        outputs.EntryOutput,
        pages=True,
        filters=EntryListFilter,
        ordering={"number": "number", "at": "at"},
    )
    def entries(self, row: Authorization) -> QuerySet[LedgerEntry]:
        """List the ledger entries behind the balance, the newest first."""
        return replay.explain(row)


class Reservations(Resource):
    area = "authorizations"
    verbs = {"list": "ledger.view", "retrieve": "ledger.view"}
    output = outputs.ReservationOutput
    filterset_class = ReservationFilter
    ordering_fields = {"date_of_service": "date_of_service", "created_at": "created_at"}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[Reservation]:
        return access.reservations(actor).select_related("authorization__patient")

    def patient_of(self, row: Reservation) -> Any:
        return row.authorization.patient

    def patient_id_of(self, row: Reservation) -> int:
        return row.authorization.patient_id

    @does("unit.release", inputs.Released)
    def release(self, row: Reservation, *, reason: str) -> Reservation:
        """Give the held units back; an appointment's go with the appointment."""
        external_reservations.release(actor=self.actor, reservation=row, reason=reason)
        return row

    @does("unit.consume", inputs.Consumed)
    def consume(self, row: Reservation, *, units: int) -> Reservation:
        """Use the held units, or fewer or more of them."""
        external_reservations.consume(actor=self.actor, reservation=row, units=units)
        return row

    @does("unit.reverse", inputs.Reason)
    def reverse(self, row: Reservation, *, reason: str) -> Reservation:
        """Take a consumption back, with a reason."""
        external_reservations.reverse(actor=self.actor, reservation=row, reason=reason)
        return row
