from __future__ import annotations

from typing import Any

from django import forms

from accounts import access
from accounts.actor import Actor
from accounts.forms.base import DateInput, FieldsForm
from accounts.models import Guardian, Patient
from accounts.services.break_glass import SHORTEST_REASON
from accounts.validators import validate_plain_text


class PatientForm(FieldsForm):
    mrn = forms.CharField(
        label="MRN",
        max_length=40,
        required=False,
        help_text="Left empty, the patient gets the clinic's next number.",
    )

    class Meta:
        model = Patient
        fields = [
            "legal_first_name",
            "legal_last_name",
            "preferred_name",
            "date_of_birth",
            "mrn",
            "phone",
            "email",
            "address_line1",
            "city",
            "region",
            "postal_code",
        ]
        widgets = {"date_of_birth": DateInput}


class PatientEditForm(PatientForm):
    mrn = forms.CharField(label="MRN", max_length=40)

    class Meta(PatientForm.Meta):
        fields = [*PatientForm.Meta.fields, "is_active"]
        labels = {"is_active": "Active: can be booked"}


class GuardianForm(FieldsForm):
    class Meta:
        model = Guardian
        fields = ["name", "relationship", "phone", "email", "may_sign_in"]
        labels = {"may_sign_in": "May sign in for the patient, once invited"}


class CareTeamForm(forms.Form):
    def __init__(self, actor: Actor, patient: Patient, data: Any = None) -> None:
        super().__init__(data)
        others = access.practitioners(actor).active().exclude(care_team__patient=patient)
        self.fields["practitioner"] = forms.ModelChoiceField(others, empty_label="Choose")


class BreakGlassForm(forms.Form):
    reason = forms.CharField(
        label="Why do you need this record?",
        min_length=SHORTEST_REASON,
        max_length=500,
        validators=[validate_plain_text],
        widget=forms.Textarea({"rows": 3}),
    )
