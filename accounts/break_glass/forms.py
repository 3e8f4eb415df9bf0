from __future__ import annotations

from django import forms

from accounts.break_glass.services import SHORTEST_REASON
from accounts.validators import validate_plain_text


class BreakGlassForm(forms.Form):
    reason = forms.CharField(
        label="Why do you need this record?",
        min_length=SHORTEST_REASON,
        max_length=500,
        validators=[validate_plain_text],
        widget=forms.Textarea({"rows": 3}),
    )
