from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts import access as accounts_access
from accounts.actor import Actor
from accounts.api.serializers import (
    Input,
    Instant,
    StrictBoolean,
    StrictInteger,
    Text,
    VisibleIdField,
)
from billing import access as billing_access
from scheduling import access
from scheduling.appointments.booking import BEST
from scheduling.models import Appointment

AUTHORIZATION = (
    "The authorization to reserve the units on. Null chooses the best: one that covers the service "
    "on the day and has enough units left, the primary policy's first, then the one that ends "
    "first. If none covers the service, the appointment is private pay."
)


PRIVATE = "True for private pay, without an authorization."


OVER = "The reason for which an administrator books despite conflicts."


LENGTH = "If left out, the appointment keeps its length."


VERSION = "The version last read. If there was a change since then, the answer is 409 `stale`."


def _rooms(actor: Actor) -> QuerySet[Any]:
    return access.rooms(actor).select_related("location")


class Booked(Input):
    """The fields that booking and changing have in common."""

    is_private_pay = StrictBoolean(required=False, help_text=PRIVATE)
    location_id = VisibleIdField(
        access.locations,
        required=False,
        allow_null=True,
        help_text="If left out, the room's location.",
    )
    room_id = VisibleIdField(_rooms, required=False, allow_null=True)
    override_reason = Text(required=False, allow_blank=True, max_length=300, help_text=OVER)

    def validate(self, attrs: Any) -> Any:
        fields = super().validate(attrs)
        if fields.get("room") is not None:
            fields.setdefault("location", None)
        return self._with_authorization(fields)

    def _with_authorization(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Merge `is_private_pay` into `authorization`: they are one argument of the services."""
        is_private = fields.pop("is_private_pay", None)
        if is_private and fields.get("authorization") is not None:
            raise serializers.ValidationError(
                {"is_private_pay": "Private pay has no authorization. Send one or the other."}
            )
        if is_private is False and "authorization" not in fields:
            raise serializers.ValidationError(
                {"is_private_pay": "Send authorization_id too: an id, or null for the best."}
            )
        if is_private:
            return {**fields, "authorization": None}
        if "authorization" in fields:
            return {**fields, "authorization": fields["authorization"] or BEST}
        return fields


class NewAppointment(Booked):
    patient_id = VisibleIdField(access.bookable_patients)
    practitioner_id = VisibleIdField(accounts_access.practitioners)
    service_code_id = VisibleIdField(billing_access.service_codes)
    starts_at = Instant()
    ends_at = Instant()
    authorization_id = VisibleIdField(
        billing_access.authorizations, default=None, allow_null=True, help_text=AUTHORIZATION
    )

    class Meta:
        example = {
            "patient_id": 101,
            "practitioner_id": 151,
            "service_code_id": 201,
            "starts_at": "2026-11-30T09:00:00-06:00",
            "ends_at": "2026-11-30T10:00:00-06:00",
            "authorization_id": 501,
            "room_id": 261,
        }


class AppointmentMove(Booked):
    """Fields that are left out stay as they are."""

    practitioner_id = VisibleIdField(accounts_access.practitioners, required=False)
    service_code_id = VisibleIdField(billing_access.service_codes, required=False)
    starts_at = Instant(required=False)
    ends_at = Instant(required=False, help_text=LENGTH)
    authorization_id = VisibleIdField(
        billing_access.authorizations, required=False, allow_null=True, help_text=AUTHORIZATION
    )

    class Meta:
        example = {"starts_at": "2026-11-30T13:00:00-06:00"}

    @classmethod
    def completed(cls, row: Appointment, fields: dict[str, Any]) -> dict[str, Any]:
        """All arguments of a move: the given fields, and the appointment's own for the others."""
        kept = ("practitioner", "service_code", "starts_at", "authorization", "location", "room")
        wanted = {**{name: getattr(row, name) for name in kept}, **fields}
        return {"ends_at": wanted["starts_at"] + (row.ends_at - row.starts_at), **wanted}


class AppointmentChange(AppointmentMove):
    version = StrictInteger(required=False, min_value=1, max_value=2**31 - 1, help_text=VERSION)

    class Meta:
        example = {"room_id": None, "location_id": 251}


class Rescheduled(AppointmentChange):
    """Fields that are left out stay as they are."""

    starts_at = Instant()

    class Meta:
        example = {"starts_at": "2026-12-01T09:00:00-06:00"}


class Cancellation(Input):
    """All fields are optional. Patients need none of them."""

    reason = Text(required=False, allow_blank=True, max_length=300)
    cancelled_by = serializers.ChoiceField(
        choices=Appointment.CancelledBy.choices,
        required=False,
        help_text="Who asked for it. If left out, the side of the person who cancels.",
    )
    version = StrictInteger(required=False, min_value=1, max_value=2**31 - 1, help_text=VERSION)

    class Meta:
        example = {"reason": "The family is ill", "cancelled_by": "patient"}
