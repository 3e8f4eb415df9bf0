from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts

from accounts import access
from accounts.actor import Actor
from accounts.roles import Role
from accounts.validators import validate_plain_text

STAFF_CHOICES = [choice for choice in Role.member_choices() if choice[0] != Role.PATIENT]


class InviteForm(forms.Form):
    """Invites staff. Patients and guardians are invited from the patient's page."""

    email = forms.EmailField(label="E-mail", max_length=254)
    role = forms.TypedChoiceField(choices=STAFF_CHOICES, coerce=Role, initial=Role.PRACTITIONER)

    def __init__(self, actor: Actor, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        without_user = access.practitioners(actor).active().filter(user=None)
        self.fields["practitioner"] = forms.ModelChoiceField(
            without_user,
            required=False,
            empty_label="None",
            label="Practitioner record",
            help_text="Whose appointments and patients they will see.",
        )


class AddressForm(forms.Form):
    """Where to send the invitation of a patient or guardian."""

    email = forms.EmailField(label="E-mail", max_length=254)


class AcceptForm(forms.Form):
    """Name and password of somebody who has no account yet."""

    name = forms.CharField(
        max_length=150,
        validators=[validate_plain_text],
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    password = forms.CharField(
        strip=False,
        max_length=128,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=" ".join(password_validators_help_texts()),
    )
