from __future__ import annotations

from datetime import datetime

from django import forms

from accounts.validators import validate_day


class InstantInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class InstantField(forms.DateTimeField):
    widget = InstantInput
    default_validators = [validate_day]


class CompleteForm(forms.Form):
    """The session's actual times by the clinic's wall clock. Empty: as started, and now."""

    started_at = InstantField(label="Began", required=False)
    ended_at = InstantField(label="Ended", required=False)

    def fill(self, **times: datetime) -> None:
        """Show these times in a form that was sent without any, as if they had been entered."""
        shown = {}
        for name, instant in times.items():
            field = self.fields[name]
            shown[name] = field.widget.format_value(field.prepare_value(instant))
        self.data = {**self.data.dict(), **shown}
