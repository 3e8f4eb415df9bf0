from __future__ import annotations

from accounts.models import Guardian
from accounts.web.form_fields import FieldsForm


class GuardianForm(FieldsForm):
    class Meta:
        model = Guardian
        fields = ["name", "relationship", "phone", "email", "may_sign_in"]
        labels = {"may_sign_in": "May sign in for the patient, once invited"}
