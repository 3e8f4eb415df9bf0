from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms

from accounts import access
from accounts.actor import Actor
from accounts.models import ApiKey
from accounts.models.api import SCOPES
from accounts.roles import Role
from accounts.validators import validate_plain_text

VALID_DAYS = [
    ("30", "30 days"),
    ("90", "90 days"),
    ("365", "A year"),
    ("always", "Until it is revoked"),
]


class ApiKeyForm(forms.Form):
    name = forms.CharField(
        max_length=100,
        validators=[validate_plain_text],
        help_text="What will use it, as it should stand in the audit log.",
    )
    role = forms.TypedChoiceField(
        choices=[(role.value, role.label) for role in ApiKey.ROLES],
        coerce=Role,
        initial=Role.VIEWER,
    )
    scopes = forms.MultipleChoiceField(
        choices=[(scope, scope) for scope in SCOPES],
        widget=forms.CheckboxSelectMultiple,
        help_text="As few as will do.",
    )
    valid_days = forms.ChoiceField(label="Valid for", choices=VALID_DAYS)

    def __init__(self, actor: Actor, data: Any = None) -> None:
        super().__init__(data, initial={"valid_days": "90"})
        self.organization = actor.organization
        self.fields["practitioner"] = forms.ModelChoiceField(
            access.practitioners(actor).active(),
            required=False,
            empty_label="None",
            help_text="For the role of practitioner: whose patients it sees.",
        )
        self.order_fields(["name", "role", "practitioner", "scopes", "valid_days"])

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or self.cleaned_data
        days = fields.pop("valid_days", "always")
        fields["expires_at"] = self._end_of_day(int(days)) if days.isdecimal() else None
        return fields

    def _end_of_day(self, days: int) -> datetime:
        last_day = self.organization.today() + timedelta(days=days)
        return datetime.combine(last_day, time.max, self.organization.zone)


def overlap_field(*, label: str, none: str) -> forms.TypedChoiceField:
    """How long, in hours, a replaced secret stays valid; `none` is the text for not at all."""
    return forms.TypedChoiceField(
        label=label,
        choices=[(0, none), (24, "A day"), (168, "A week"), (720, "30 days")],
        initial=24,
        coerce=int,
    )


class RotateForm(forms.Form):
    overlap_hours = overlap_field(label="The previous secret stays valid for", none="Not at all")

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or self.cleaned_data
        if "overlap_hours" not in fields:
            return fields
        return {"overlap": timedelta(hours=fields["overlap_hours"])}
