from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from accounts.validators import validate_day, validate_plain_text
from scheduling.models import Appointment


class InstantInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class InstantField(forms.DateTimeField):
    widget = InstantInput
    default_validators = [validate_day]


class CompleteForm(forms.Form):
    """When the session really ran, on the clinic's wall clock; empty means as started and now."""

    started_at = InstantField(label="Began", required=False)
    ended_at = InstantField(label="Ended", required=False)

    def fill(self, **times: datetime) -> None:
        """What was sent without times shows these, as if they had been typed."""
        shown = {}
        for name, instant in times.items():
            field = self.fields[name]
            shown[name] = field.widget.format_value(field.prepare_value(instant))
        self.data = {**self.data.dict(), **shown}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=300, validators=[validate_plain_text], widget=forms.TextInput
    )


class CancelForm(forms.Form):
    """Staff say who wished it, and why if there is more to say; patients just cancel."""

    reason = forms.CharField(
        max_length=300,
        required=False,
        validators=[validate_plain_text],
    )
    cancelled_by = forms.ChoiceField(label="Who cancels", choices=Appointment.CancelledBy.choices)

    def __init__(self, data: Any = None, *, by_patient: bool, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if by_patient:
            self.fields.clear()
