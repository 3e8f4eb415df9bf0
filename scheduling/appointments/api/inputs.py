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
    "What the units are drawn on. Null lets the best be chosen: one that covers the service on the "
    "day and has enough left, the primary policy's first, then the one that ends first. Where none "
    "covers it, the appointment is private pay."
)


PRIVATE = "True draws on no authorization."


OVER = "Lets an administrator book over what is in the way."


LENGTH = "Without it the appointment keeps its length."


VERSION = "As last read; a change made since then is answered with 409 `stale`."


def _rooms(actor: Actor) -> QuerySet[Any]:
    return access.rooms(actor).select_related("location")


class Booked(Input):
    """What booking and changing have in common."""

    is_private_pay = StrictBoolean(required=False, help_text=PRIVATE)
    location_id = VisibleIdField(
        access.locations, required=False, allow_null=True, help_text="Without it the room's."
    )
    room_id = VisibleIdField(_rooms, required=False, allow_null=True)
    override_reason = Text(required=False, allow_blank=True, max_length=300, help_text=OVER)

    def validate(self, attrs: Any) -> Any:
        fields = super().validate(attrs)
        if fields.get("room") is not None:
            fields.setdefault("location", None)
        return self._drawn(fields)

    def _drawn(self, fields: dict[str, Any]) -> dict[str, Any]:
        """The two fields that say what the units are drawn on are one to the service."""
        is_private = fields.pop("is_private_pay", None)
        if is_private and fields.get("authorization") is not None:
            raise serializers.ValidationError(
                {"is_private_pay": "Private pay draws on no authorization: name one or the other."}
            )
        if is_private is False and "authorization" not in fields:
            raise serializers.ValidationError(
                {"is_private_pay": "Name authorization_id too: an id, or null for the best."}
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
    """What is not named stays as it is."""

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
    def over(cls, row: Appointment, fields: dict[str, Any]) -> dict[str, Any]:
        """All that moving takes."""
        kept = ("practitioner", "service_code", "starts_at", "authorization", "location", "room")
        wanted = {**{name: getattr(row, name) for name in kept}, **fields}
        return {"ends_at": wanted["starts_at"] + (row.ends_at - row.starts_at), **wanted}


class AppointmentChange(AppointmentMove):
    version = StrictInteger(required=False, min_value=1, max_value=2**31 - 1, help_text=VERSION)

    class Meta:
        example = {"room_id": None, "location_id": 251}


class Rescheduled(AppointmentChange):
    """What is not named stays as it is."""

    starts_at = Instant()

    class Meta:
        example = {"starts_at": "2026-12-01T09:00:00-06:00"}


class Cancellation(Input):
    """Patients just cancel."""

    reason = Text(required=False, allow_blank=True, max_length=300)
    cancelled_by = serializers.ChoiceField(
        choices=Appointment.CancelledBy.choices,
        required=False,
        help_text="Who wished it; without it the side of who cancels.",
    )
    version = StrictInteger(required=False, min_value=1, max_value=2**31 - 1, help_text=VERSION)

    class Meta:
        example = {"reason": "The family is ill", "cancelled_by": "patient"}
