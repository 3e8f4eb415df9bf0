from __future__ import annotations

from accounts import access
from accounts.api.serializers import Input, StrictBoolean, StrictInteger, Text, VisibleIdField


class Details(Input):
    first_name = Text(max_length=100)
    last_name = Text(max_length=100)
    credential = Text(max_length=40, required=False, allow_blank=True)
    npi = Text(max_length=10, required=False, allow_blank=True)
    taxonomy = Text(max_length=10, required=False, allow_blank=True)
    hue = StrictInteger(
        min_value=0, max_value=7, required=False, help_text="Their colour in the calendar."
    )
    supervisor_id = VisibleIdField(access.practitioners, required=False, allow_null=True)
    user_id = VisibleIdField(
        access.users,
        required=False,
        allow_null=True,
        help_text="The member of the clinic whom they sign in as.",
    )


class NewPractitioner(Details):
    class Meta:
        example = {
            "first_name": "Sam",
            "last_name": "Reyes",
            "credential": "RBT",
            "npi": "1234567893",
        }


class PractitionerChange(Details):
    is_active = StrictBoolean(help_text="Only an active practitioner can be booked.")

    class Meta:
        example = {"credential": "BCBA-D", "hue": 3}
