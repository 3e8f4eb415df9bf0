from __future__ import annotations

from django import forms

from accounts.break_glass.services import MIN_REASON_LENGTH
from accounts.validators import validate_plain_text


class BreakGlassForm(forms.Form):
    reason = forms.CharField(
        label="Why do you need this record?",
        min_length=MIN_REASON_LENGTH,
        max_length=500,
        validators=[validate_plain_text],
        widget=forms.Textarea({"rows": 3}),
    )
