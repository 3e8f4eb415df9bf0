from __future__ import annotations

from typing import Any, cast

from django import forms

from accounts.actor import Actor
from accounts.web.form_fields import DayField
from billing import access
from billing.models import Authorization

CANCEL = "cancel"


class DatesForm(forms.Form):
    start_date = DayField()
    end_date = DayField()
    outside = forms.ChoiceField(
        label="Appointments outside these dates", widget=forms.RadioSelect, initial=CANCEL
    )

    def __init__(
        self, data: Any = None, *, actor: Actor, authorization: Authorization, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        others = access.authorizations(actor).filter(
            patient=authorization.patient, status=Authorization.Status.ACTIVE
        )
        self.others = {str(one.pk): one for one in others.exclude(pk=authorization.pk)}
        outside = cast(forms.ChoiceField, self.fields["outside"])
        outside.choices = [
            (CANCEL, "Cancel them and release their units"),
            *(
                (key, f"Reserve their units on {one} instead ({one.available_units} left)")
                for key, one in self.others.items()
            ),
        ]

    def target_authorization(self) -> Authorization | None:
        """The authorization to reserve the units on instead; None to cancel the appointments."""
        return self.others.get(self.cleaned_data["outside"])
