from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from accounts import access as accounts_access
from accounts.actor import Actor
from accounts.models import Practitioner
from accounts.roles import Role
from scheduling import access
from scheduling.models import Location

ALL = "all"
MIN_DAY, MAX_DAY = dt.date(1900, 2, 1), dt.date(2199, 12, 1)


class CalendarFilter(forms.Form):
    """Which part of the calendar to show. By default, practitioners see their own.

    `default` is the practitioner to show unless another, or everybody, is asked for.
    """

    practitioner = forms.ChoiceField(required=False)
    location = forms.ChoiceField(required=False)
    cancelled = forms.BooleanField(required=False, label="Cancelled too")
    date = forms.DateField(required=False, widget=forms.HiddenInput)
    move = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, actor: Actor, default: Practitioner | None = None) -> None:
        self.actor = actor
        self.practitioners = {
            str(one.pk): one for one in accounts_access.practitioners(actor).active()
        }
        self.locations = {str(one.pk): one for one in access.locations(actor).active()}
        initial = str(actor.practitioner_id or ALL) if actor.role == Role.PRACTITIONER else ALL
        if default and str(default.pk) in self.practitioners:
            initial = str(default.pk)
        super().__init__({**data.dict(), "practitioner": data.get("practitioner") or initial})
        self._set_choices("practitioner", (ALL, "Everybody"), self.practitioners)
        self._set_choices("location", ("", "Anywhere"), self.locations)
        if len(self.locations) < 2:
            self.fields["location"].widget = forms.HiddenInput()

    def _set_choices(self, name: str, first: tuple[str, str], rows: dict[str, Any]) -> None:
        choices = [first, *((key, row.name) for key, row in rows.items())]
        self.fields[name].choices = choices

    @property
    def day(self) -> dt.date:
        """The date asked for; today if there is none or it is out of range."""
        asked: dt.date | None = self.cleaned_data.get("date")
        if asked is None or not MIN_DAY <= asked <= MAX_DAY:
            return self.actor.organization.today()
        return asked

    @property
    def chosen_practitioner(self) -> Practitioner | None:
        """The practitioner to show; None for everybody."""
        return self.practitioners.get(self.cleaned_data.get("practitioner", ""))

    @property
    def chosen_location(self) -> Location | None:
        """The location to show; None for all of them."""
        return self.locations.get(self.cleaned_data.get("location", ""))

    @property
    def has_unknown_choice(self) -> bool:
        """Whether a practitioner or location was asked for that this clinic does not have."""
        return "practitioner" in self.errors or "location" in self.errors
