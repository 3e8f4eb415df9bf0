from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from accounts.actor import Actor
from accounts.models import Patient
from accounts.validators import validate_plain_text
from accounts.web.form_fields import DateInput, FieldsForm
from billing import access
from billing.ledger.services import MAX_UNITS
from billing.models import Authorization
from billing.reasons import MAX_REASON_LENGTH

Status = Authorization.Status


def reason_field(label: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=MAX_REASON_LENGTH,
        validators=[validate_plain_text],
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class AuthorizationEditForm(FieldsForm):
    class Meta:
        model = Authorization
        fields = [
            "number",
            "service_codes",
            "start_date",
            "end_date",
            "cap_per_day",
            "cap_per_week",
            "cap_per_month",
        ]
        widgets = {
            "start_date": DateInput,
            "end_date": DateInput,
            "service_codes": forms.CheckboxSelectMultiple,
        }
        labels = {"service_codes": "Services covered", "end_date": "End date (last day)"}

    def __init__(
        self, actor: Actor, data: Any, *, row: Authorization | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, row=row, **kwargs)
        services = self.fields["service_codes"]
        assert isinstance(services, forms.ModelMultipleChoiceField)
        offered = Q(is_active=True)
        if row:
            offered |= Q(pk__in=row.services.values("service_code"))
        services.queryset = access.service_codes(actor).filter(offered)
        for name in ("cap_per_day", "cap_per_week", "cap_per_month"):
            self.fields[name] = forms.IntegerField(
                label=self.fields[name].label,
                required=False,
                min_value=1,
                max_value=MAX_UNITS,
            )


class AuthorizationForm(AuthorizationEditForm):
    """A new authorization: also its policy, its units and whether the payer has answered."""

    total_units = forms.IntegerField(label="Units authorized", min_value=1, max_value=MAX_UNITS)

    class Meta(AuthorizationEditForm.Meta):
        fields = [*AuthorizationEditForm.Meta.fields, "policy", "status"]

    field_order = [
        "policy",
        "number",
        "service_codes",
        "total_units",
        "start_date",
        "end_date",
        "cap_per_day",
        "cap_per_week",
        "cap_per_month",
        "status",
    ]

    def __init__(self, actor: Actor, data: Any, *, patient: Patient, **kwargs: Any) -> None:
        super().__init__(actor, data, **kwargs)
        policy = self.fields["policy"]
        assert isinstance(policy, forms.ModelChoiceField)
        own = access.policies(actor).active().filter(patient=patient)
        policy.queryset = own.in_force_first().select_related("payer")
        policy.initial = policy.queryset.values_list("pk", flat=True).first()
        self.fields["status"] = forms.ChoiceField(
            choices=[
                (Status.ACTIVE.value, "Authorized: units can be booked"),
                (Status.PENDING.value, "Pending: the payer has not answered"),
            ],
            widget=forms.RadioSelect,
            initial=Status.ACTIVE.value,
        )


class AdjustForm(forms.Form):
    total_units = forms.IntegerField(
        label="Total units authorized", min_value=0, max_value=MAX_UNITS
    )
    reason = reason_field("Why it changes")


class CancelForm(forms.Form):
    reason = reason_field("Why it is cancelled")
