from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.serializers import Instant, Output
from billing.models import Authorization, LedgerEntry, Reservation


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
    """Why not, as the error would say it; figures such as `needed` and `until` are in `data`."""

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
