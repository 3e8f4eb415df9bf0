from __future__ import annotations

from rest_framework import serializers

from accounts import access as accounts_access
from accounts.api.serializers import Input, Instant, StrictInteger, Text, VisibleIdField
from billing import access
from billing.services.ledger import MOST_UNITS


class Terms(Input):
    number = Text(max_length=60)
    service_code_ids = VisibleIdField(access.service_codes, many=True, allow_empty=False)
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    cap_per_day = StrictInteger(min_value=1, max_value=MOST_UNITS, allow_null=True, required=False)
    cap_per_week = StrictInteger(min_value=1, max_value=MOST_UNITS, allow_null=True, required=False)
    cap_per_month = StrictInteger(
        min_value=1, max_value=MOST_UNITS, allow_null=True, required=False
    )


class NewAuthorization(Terms):
    patient_id = VisibleIdField(accounts_access.patients)
    policy_id = VisibleIdField(access.policies)
    total_units = StrictInteger(min_value=1, max_value=MOST_UNITS)
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
    """The units change by `adjust`."""

    class Meta:
        example = {"end_date": "2027-04-30"}


class NewTotal(Input):
    total_units = StrictInteger(min_value=0, max_value=MOST_UNITS)
    reason = Text(max_length=300)

    class Meta:
        example = {"total_units": 140, "reason": "The payer's letter of 20 November"}


class Reason(Input):
    reason = Text(max_length=300)

    class Meta:
        example = {"reason": "The payer withdrew it"}


class Wanted(Input):
    """Whether n units of a service could be reserved for a day."""

    units = serializers.IntegerField(
        min_value=1, max_value=MOST_UNITS, help_text="How many are wanted."
    )
    date_of_service = serializers.DateField(help_text="For which day, the clinic's own.")
    service_code_id = VisibleIdField(access.service_codes, help_text="For which service.")

    class Meta:
        example = {"units": 4, "date_of_service": "2026-11-30", "service_code_id": 201}


class AsOf(Input):
    at = Instant(help_text="The instant, with its offset from UTC.")

    class Meta:
        example = {"at": "2026-11-23T15:00:00Z"}


class NewReservation(Input):
    patient_id = VisibleIdField(accounts_access.patients)
    service_code_id = VisibleIdField(access.service_codes)
    units = StrictInteger(min_value=1, max_value=MOST_UNITS)
    date_of_service = serializers.DateField()
    source = serializers.RegexField(
        "^[a-z][a-z0-9_-]{0,19}:[A-Za-z0-9_.-]{1,59}$",
        help_text="What the units are held for, in your own words: a kind, a colon, an id. "
        "The kind `appointment` is ours.",
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
    units = StrictInteger(min_value=0, max_value=MOST_UNITS)

    class Meta:
        example = {"units": 3}


class Released(Input):
    reason = Text(max_length=300, required=False, allow_blank=True, default="")

    class Meta:
        example = {"reason": "Not needed after all"}
