from __future__ import annotations

from typing import Any

from django import forms

from accounts import access
from accounts.actor import Actor
from accounts.models import Practitioner, User
from accounts.roles import Role
from accounts.web.form_fields import FieldsForm

HUES = ("Cyan", "Orange", "Violet", "Green", "Rose", "Blue", "Yellow", "Magenta")


class PractitionerForm(FieldsForm):
    """With the clinic's practitioners as supervisors, and its members to sign in as."""

    hue = forms.TypedChoiceField(
        label="Calendar colour", coerce=int, choices=list(enumerate(HUES)), initial=0
    )

    class Meta:
        model = Practitioner
        fields = ["first_name", "last_name", "credential", "npi", "taxonomy", "hue"]

    def __init__(self, actor: Actor, data: Any = None, *, row: Practitioner | None = None) -> None:
        super().__init__(data, row=row)
        colleagues = access.practitioners(actor).active()
        self.fields["supervisor"] = forms.ModelChoiceField(
            colleagues.exclude(pk=row.pk) if row else colleagues,
            required=False,
            empty_label="None",
            initial=row.supervisor_id if row else None,
            help_text="Who supervises them, where their credential asks for it.",
        )
        self.fields["user"] = forms.ModelChoiceField(
            _who_may_treat(actor, row),
            required=False,
            empty_label="Nobody yet",
            label="Signs in as",
            initial=row.user_id if row else None,
            help_text="A member of the clinic; invite them first.",
        )
        if row:
            self.fields["is_active"] = forms.BooleanField(
                label="Active: can be booked", required=False, initial=row.is_active
            )


def _who_may_treat(actor: Actor, row: Practitioner | None) -> Any:
    members = access.memberships(actor).filter(
        role__in=[Role.PRACTITIONER, Role.ADMIN], is_active=True
    )
    taken = access.practitioners(actor).exclude(user=None).exclude(pk=row.pk if row else None)
    users = User.objects.filter(pk__in=members.order_by().values("user_id"))
    return users.exclude(pk__in=taken.order_by().values("user_id")).order_by("name", "email")
