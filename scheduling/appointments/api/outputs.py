from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.errors import plain
from accounts.api.serializers import Output
from accounts.errors import DomainError
from scheduling import access
from scheduling.models import Appointment


class AppointmentOutput(Output):
    """Private pay if there is no authorization. For patients, both reasons are empty."""

    is_private_pay = serializers.BooleanField()

    class Meta:
        model = Appointment
        fields = (
            "id",
            "patient_id",
            "practitioner_id",
            "service_code_id",
            "location_id",
            "room_id",
            "starts_at",
            "ends_at",
            "status",
            "units",
            "is_private_pay",
            "authorization_id",
            "reservation_id",
            "override_reason",
            "cancelled_by",
            "cancelled_late",
            "cancel_reason",
            "version",
            "created_at",
        )
        example = {
            "id": 801,
            "patient_id": 101,
            "practitioner_id": 151,
            "service_code_id": 201,
            "location_id": 251,
            "room_id": 261,
            "starts_at": "2026-11-30T15:00:00Z",
            "ends_at": "2026-11-30T16:00:00Z",
            "status": "scheduled",
            "units": 4,
            "is_private_pay": False,
            "authorization_id": 501,
            "reservation_id": 602,
            "override_reason": "",
            "cancelled_by": "",
            "cancelled_late": None,
            "cancel_reason": "",
            "version": 1,
            "created_at": "2026-11-23T15:00:00Z",
        }

    def to_representation(self, instance: Any) -> Any:
        shown = super().to_representation(instance)
        if not access.sees_reasons(self.context["actor"]):
            shown |= {"override_reason": "", "cancel_reason": ""}
        return shown


class ProblemOutput(serializers.Serializer):
    """The error that booking would answer. Figures such as `needed` and `until` are in `data`."""

    code = serializers.CharField()
    detail = serializers.CharField(source="message")
    attr = serializers.SerializerMethodField()
    data = serializers.SerializerMethodField()

    def get_attr(self, error: DomainError) -> str | None:
        takes = self.context["view"].spec.takes
        return takes.named(error.field) if error.field else None

    def get_data(self, error: DomainError) -> dict[str, Any]:
        return {name: plain(value) for name, value in error.data.items()}


class UnitsOutput(serializers.Serializer):
    total = serializers.IntegerField()
    used = serializers.IntegerField()
    reserved = serializers.IntegerField()
    available = serializers.IntegerField()


class PreviewOutput(serializers.Serializer):
    """What booking would do now. Without an authorization it would be private pay.

    `before` and `after` are the authorization's units; `after` is null if booking would be refused.
    """

    is_possible = serializers.BooleanField(source="fits")
    date_of_service = serializers.DateField(source="day")
    is_out_of_hours = serializers.BooleanField(
        source="out_of_hours",
        help_text="Whether the clinic is closed during a part of it. Booking is still possible.",
    )
    units = serializers.IntegerField()
    authorization_id = serializers.IntegerField(
        source="authorization.pk", default=None, allow_null=True
    )
    before = UnitsOutput(allow_null=True)
    after = UnitsOutput(allow_null=True)
    conflicts = ProblemOutput(many=True)
    refusals = ProblemOutput(many=True, source="problems")

    class Meta:
        example = {
            "is_possible": False,
            "date_of_service": "2026-11-30",
            "is_out_of_hours": False,
            "units": 4,
            "authorization_id": 501,
            "before": {"total": 120, "used": 0, "reserved": 8, "available": 112},
            "after": None,
            "conflicts": [
                {
                    "code": "room_not_free",
                    "detail": "Yellow, Main Street already has another appointment, "
                    "30 Nov, 09:00–10:00.",
                    "attr": "room_id",
                    "data": {
                        "starts_at": "2026-11-30T15:00:00+00:00",
                        "ends_at": "2026-11-30T16:00:00+00:00",
                    },
                }
            ],
            "refusals": [],
        }
