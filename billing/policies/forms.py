from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from accounts.actor import Actor
from accounts.web.form_fields import DateInput, DayField, FieldsForm
from billing import access
from billing.models import EligibilityCheck, InsurancePolicy


class PolicyForm(FieldsForm):
    class Meta:
        model = InsurancePolicy
        fields = [
            "payer",
            "priority",
            "member_id",
            "group_number",
            "start_date",
            "end_date",
            "subscriber_relationship",
            "subscriber_name",
        ]
        widgets = {"start_date": DateInput, "end_date": DateInput}
        labels = {
            "subscriber_relationship": "Patient's relationship to the subscriber",
            "subscriber_name": "Subscriber's name",
        }
        help_texts = {"end_date": "The last day covered. Leave empty until it is known."}

    def __init__(
        self, actor: Actor, data: Any, *, row: InsurancePolicy | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, row=row, **kwargs)
        payer = self.fields["payer"]
        assert isinstance(payer, forms.ModelChoiceField)
        payer.queryset = access.payers(actor).filter(
            Q(is_active=True) | Q(pk=row.payer_id if row else None)
        )


class PolicyEditForm(PolicyForm):
    class Meta(PolicyForm.Meta):
        fields = [*PolicyForm.Meta.fields, "is_active"]
        labels = {**PolicyForm.Meta.labels, "is_active": "Covers the patient in these dates"}
        help_texts = {
            **PolicyForm.Meta.help_texts,
            "is_active": "Untick a policy that was entered by mistake.",
        }


class EligibilityForm(FieldsForm):
    class Meta:
        model = EligibilityCheck
        fields = ["result", "plan_name", "start_date", "end_date", "reference_number"]
        widgets = {"start_date": DateInput, "end_date": DateInput}
        labels = {"result": "The payer says the policy is"}
        help_texts = {"reference_number": "The reference that the payer gave for its answer."}


class EndPolicyForm(forms.Form):
    end_date = DayField(label="Last day covered")
