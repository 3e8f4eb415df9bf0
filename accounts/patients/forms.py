from __future__ import annotations

from django import forms

from accounts.models import Patient
from accounts.web.form_fields import DateInput, FieldsForm


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
