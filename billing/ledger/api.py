from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts import access as accounts_access
from accounts.actor import Actor
from accounts.api.endpoints import does
from accounts.api.resource import Resource
from accounts.api.serializers import Input, Instant, Output, StrictInteger, Text, VisibleIdField
from billing import access
from billing.ledger import external_reservations
from billing.ledger.filters import ReservationFilter
from billing.ledger.services import MAX_UNITS
from billing.models import LedgerEntry, Reservation


class Reason(Input):
    reason = Text(max_length=300)

    class Meta:
        example = {"reason": "The payer withdrew it"}


class NewReservation(Input):
    patient_id = VisibleIdField(accounts_access.patients)
    service_code_id = VisibleIdField(access.service_codes)
    units = StrictInteger(min_value=1, max_value=MAX_UNITS)
    date_of_service = serializers.DateField()
    source = serializers.RegexField(
        "^[a-z][a-z0-9_-]{0,19}:[A-Za-z0-9_.-]{1,59}$",
        help_text="What the units are reserved for, as you name it: a kind, a colon, an id. "
        "The kind `appointment` belongs to Caretally.",
    )
    expires_at = Instant(required=False, allow_null=True)

    class Meta:
        example = {
            "patient_id": 101,
            "service_code_id": 201,
            "units": 4,
            "date_of_service": "2026-11-30",
            "source": "intake:88",
        }


class Consumed(Input):
    units = StrictInteger(min_value=0, max_value=MAX_UNITS)

    class Meta:
        example = {"units": 3}


class Released(Input):
    reason = Text(max_length=300, required=False, allow_blank=True, default="")

    class Meta:
        example = {"reason": "Not needed after all"}


class ReservationOutput(Output):
    class Meta:
        model = Reservation
        fields = (
            "id",
            "authorization_id",
            "service_code_id",
            "units",
            "consumed_units",
            "date_of_service",
            "source",
            "state",
            "expires_at",
            "created_at",
            "ended_at",
        )
        example = {
            "id": 601,
            "authorization_id": 501,
            "service_code_id": 201,
            "units": 4,
            "consumed_units": None,
            "date_of_service": "2026-11-30",
            "source": "intake:88",
            "state": "active",
            "expires_at": None,
            "created_at": "2026-11-23T15:00:00Z",
            "ended_at": None,
        }


class EntryOutput(Output):
    """One movement and the balance after it."""

    actor_id = serializers.IntegerField(allow_null=True)

    class Meta:
        model = LedgerEntry
        fields = (
            "id",
            "authorization_id",
            "number",
            "kind",
            "units",
            "total_delta",
            "used_delta",
            "reserved_delta",
            "total_after",
            "used_after",
            "reserved_after",
            "reservation_id",
            "date_of_service",
            "source",
            "reason",
            "actor_id",
            "at",
        )
        example = {
            "id": 701,
            "authorization_id": 501,
            "number": 1,
            "kind": "grant",
            "units": 120,
            "total_delta": 120,
            "used_delta": 0,
            "reserved_delta": 0,
            "total_after": 120,
            "used_after": 0,
            "reserved_after": 0,
            "reservation_id": None,
            "date_of_service": None,
            "source": "",
            "reason": "",
            "actor_id": 11,
            "at": "2026-11-02T14:00:00Z",
        }


class Reservations(Resource):
    area = "authorizations"
    verbs = {"list": "ledger.view", "retrieve": "ledger.view"}
    output = ReservationOutput
    filterset_class = ReservationFilter
    ordering_fields = {"date_of_service": "date_of_service", "created_at": "created_at"}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[Reservation]:
        return access.reservations(actor).select_related("authorization__patient")

    def patient_of(self, row: Reservation) -> Any:
        return row.authorization.patient

    def patient_id_of(self, row: Reservation) -> int:
        return row.authorization.patient_id

    @does("unit.release", Released)
    def release(self, row: Reservation, *, reason: str) -> Reservation:
        """Release the reserved units; those of an appointment are released with it."""
        external_reservations.release(actor=self.actor, reservation=row, reason=reason)
        return row

    @does("unit.consume", Consumed)
    def consume(self, row: Reservation, *, units: int) -> Reservation:
        """Consume the reserved units, or fewer or more of them."""
        external_reservations.consume(actor=self.actor, reservation=row, units=units)
        return row

    @does("unit.reverse", Reason)
    def reverse(self, row: Reservation, *, reason: str) -> Reservation:
        """Reverse a consumption, with a reason."""
        external_reservations.reverse(actor=self.actor, reservation=row, reason=reason)
        return row
