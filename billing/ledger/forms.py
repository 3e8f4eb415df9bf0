from __future__ import annotations

from django import forms

from accounts.web.form_fields import DayField, TimeInput


class BalanceForm(forms.Form):
    date = DayField()
    time = forms.TimeField(widget=TimeInput)
