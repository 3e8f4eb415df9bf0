from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts import access as accounts_access
from accounts.actor import Actor
from accounts.api.endpoints import creates, does, shows, updates
from accounts.api.resource import Resource
from accounts.api.serializers import Input, Instant, Output, StrictInteger, Text, VisibleIdField
from billing import access
from billing.authorizations import services as authorizations
from billing.authorizations.filters import AuthorizationListFilter
from billing.ledger import external_reservations, replay, rules
from billing.ledger.api import EntryOutput, NewReservation, Reason, ReservationOutput
from billing.ledger.filters import EntryListFilter
from billing.ledger.services import MAX_UNITS
from billing.models import Authorization, LedgerEntry, Reservation, ServiceCode


class Terms(Input):
    number = Text(max_length=60)
    service_code_ids = VisibleIdField(access.service_codes, many=True, allow_empty=False)
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    cap_per_day = StrictInteger(min_value=1, max_value=MAX_UNITS, allow_null=True, required=False)
    cap_per_week = StrictInteger(min_value=1, max_value=MAX_UNITS, allow_null=True, required=False)
    cap_per_month = StrictInteger(min_value=1, max_value=MAX_UNITS, allow_null=True, required=False)


class NewAuthorization(Terms):
    patient_id = VisibleIdField(accounts_access.patients)
    policy_id = VisibleIdField(access.policies)
    total_units = StrictInteger(min_value=1, max_value=MAX_UNITS)
    status = serializers.ChoiceField(choices=["active", "pending"], default="active")

    class Meta:
        example = {
            "patient_id": 101,
            "policy_id": 401,
            "number": "A-2077",
            "service_code_ids": [201],
            "start_date": "2026-12-01",
            "end_date": "2027-05-31",
            "total_units": 80,
            "cap_per_week": 20,
        }


class AuthorizationChange(Terms):
    """The units are changed by `adjust`, not here."""

    class Meta:
        example = {"end_date": "2027-04-30"}


class NewTotal(Input):
    total_units = StrictInteger(min_value=0, max_value=MAX_UNITS)
    reason = Text(max_length=300)

    class Meta:
        example = {"total_units": 140, "reason": "The payer's letter of 20 November"}


class Wanted(Input):
    """The units to check: how many, of which service and for which day."""

    units = serializers.IntegerField(
        min_value=1, max_value=MAX_UNITS, help_text="The number of units."
    )
    date_of_service = serializers.DateField(
        help_text="The date of service, in the clinic's time zone."
    )
    service_code_id = VisibleIdField(access.service_codes, help_text="The service.")

    class Meta:
        example = {"units": 4, "date_of_service": "2026-11-30", "service_code_id": 201}


class AsOf(Input):
    at = Instant(help_text="The instant, with its offset from UTC.")

    class Meta:
        example = {"at": "2026-11-23T15:00:00Z"}


class AuthorizationOutput(Output):
    service_code_ids = serializers.SerializerMethodField()
    state = serializers.ChoiceField(choices=Authorization.State.choices)
    available_units = serializers.IntegerField()

    class Meta:
        model = Authorization
        fields = (
            "id",
            "patient_id",
            "policy_id",
            "payer_id",
            "number",
            "service_code_ids",
            "start_date",
            "end_date",
            "state",
            "total_units",
            "used_units",
            "reserved_units",
            "available_units",
            "cap_per_day",
            "cap_per_week",
            "cap_per_month",
            "created_at",
        )
        example = {
            "id": 501,
            "patient_id": 101,
            "policy_id": 401,
            "payer_id": 301,
            "number": "A-1042",
            "service_code_ids": [201],
            "start_date": "2026-11-01",
            "end_date": "2027-03-31",
            "state": "active",
            "total_units": 120,
            "used_units": 0,
            "reserved_units": 8,
            "available_units": 112,
            "cap_per_day": None,
            "cap_per_week": 40,
            "cap_per_month": None,
            "created_at": "2026-11-02T14:00:00Z",
        }

    def get_service_code_ids(self, row: Any) -> list[int]:
        return sorted(one.service_code_id for one in row.services.all())


class BalanceOutput(serializers.Serializer):
    """Units at an instant, and the number of the last entry behind them."""

    at = Instant()
    total = serializers.IntegerField()
    used = serializers.IntegerField()
    reserved = serializers.IntegerField()
    available = serializers.IntegerField()
    entry = serializers.IntegerField()

    class Meta:
        example = {
            "at": "2026-11-23T15:00:00Z",
            "total": 120,
            "used": 0,
            "reserved": 8,
            "available": 112,
            "entry": 3,
        }


class RefusalOutput(serializers.Serializer):
    """The error that reserving would answer. Figures such as `needed` and `until` are in `data`."""

    code = serializers.CharField()
    detail = serializers.CharField(source="message")
    data = serializers.DictField()


class AvailabilityOutput(serializers.Serializer):
    units = serializers.IntegerField()
    date_of_service = serializers.DateField()
    is_available = serializers.BooleanField()
    available_units = serializers.IntegerField()
    refusal = RefusalOutput(allow_null=True)

    class Meta:
        example = {
            "units": 4,
            "date_of_service": "2026-11-30",
            "is_available": True,
            "available_units": 112,
            "refusal": None,
        }


class Authorizations(Resource):
    area = "authorizations"
    verbs = {"list": "authorization.view", "retrieve": "authorization.view"}
    output = AuthorizationOutput
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

    @creates("authorization.create", NewAuthorization)
    def create(self, **fields: Any) -> Authorization:
        """Record an authorization and grant its units."""
        return authorizations.create(actor=self.actor, **fields)

    @updates("authorization.update", AuthorizationChange)
    def partial_update(self, row: Authorization, **fields: Any) -> Authorization:
        """Change an authorization's number, services, dates and caps, but not its units."""
        return authorizations.update(actor=self.actor, authorization=row, **fields)

    @does("unit.adjust", NewTotal)
    def adjust(self, row: Authorization, **fields: Any) -> Authorization:
        """Correct the total, with a reason."""
        return authorizations.set_total(actor=self.actor, authorization=row, **fields)

    @does("authorization.activate")
    def activate(self, row: Authorization) -> Authorization:
        """Activate a pending authorization, so that its units can be booked."""
        return authorizations.activate(actor=self.actor, authorization=row)

    @does("authorization.cancel", Reason)
    def cancel(self, row: Authorization, *, reason: str) -> Authorization:
        """Cancel an authorization; units already used stay used."""
        return authorizations.cancel(actor=self.actor, authorization=row, reason=reason)

    @does("unit.reserve", NewReservation, answers=ReservationOutput, status=201)
    def reserve(self, row: Authorization, **fields: Any) -> Reservation:
        """Reserve units for a date of service.

        Booking an appointment reserves its units by itself. Use this for anything that is not an
        appointment here.
        """
        return external_reservations.reserve(actor=self.actor, authorization=row, **fields)

    @shows("authorization.view", AvailabilityOutput, takes=Wanted)
    def availability(
        self, row: Authorization, *, units: int, date_of_service: date, service_code: ServiceCode
    ) -> dict[str, Any]:
        """Say whether units could be reserved for a day, and why not."""
        request = rules.ReservationRequest(
            authorization=row,
            patient=row.patient,
            service_code=service_code,
            units=units,
            date_of_service=date_of_service,
        )
        refusal = rules.refusal(request)
        return {
            "units": units,
            "date_of_service": date_of_service,
            "is_available": refusal is None,
            "available_units": row.available_units,
            "refusal": refusal,
        }

    @shows("authorization.view", BalanceOutput, takes=AsOf)
    def balance(self, row: Authorization, *, at: datetime) -> dict[str, Any]:
        """Show the balance as of an instant."""
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
        EntryOutput,
        pages=True,
        filters=EntryListFilter,
        ordering={"number": "number", "at": "at"},
    )
    def entries(self, row: Authorization) -> QuerySet[LedgerEntry]:
        """List the ledger entries behind the balance, the newest first."""
        return replay.explain(row)
