from __future__ import annotations

from typing import Any

from django import forms

from accounts import access
from accounts.actor import Actor
from accounts.models import Patient


class CareTeamForm(forms.Form):
    def __init__(self, actor: Actor, patient: Patient, data: Any = None) -> None:
        super().__init__(data)
        others = access.practitioners(actor).active().exclude(care_team__patient=patient)
        self.fields["practitioner"] = forms.ModelChoiceField(others, empty_label="Choose")
