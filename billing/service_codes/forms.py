from __future__ import annotations

import re
from typing import Any

from django import forms

from accounts.web.form_fields import FieldsForm
from billing.models import ServiceCode


class ServiceCodeForm(FieldsForm):
    modifiers = forms.CharField(
        required=False, max_length=20, help_text="Up to four, separated by spaces: HM 95."
    )

    class Meta:
        model = ServiceCode
        fields = [
            "code",
            "modifiers",
            "label",
            "is_timed",
            "minutes_per_unit",
            "rounding",
            "default_minutes",
            "default_rate",
            "allows_concurrent",
            "allows_group",
            "is_active",
        ]
        labels = {
            "allows_concurrent": "May be given at the same time as another such service",
            "allows_group": "May be given to several patients at once",
            "is_active": "Offered for new bookings and authorizations",
        }
        help_texts = {
            "code": "CPT or HCPCS.",
            "label": "A short label of your own.",
            "is_timed": "A service that is not timed counts one unit per session.",
            "rounding": "Bookings made before a change keep their units.",
            "allows_concurrent": "For the same patient, by different practitioners.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["modifiers"] = " ".join(self.initial.get("modifiers", []))

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).upper()

    def clean_modifiers(self) -> list[str]:
        return [
            word.upper() for word in re.split(r"[\s,]+", self.cleaned_data["modifiers"]) if word
        ]
