from __future__ import annotations

from rest_framework import serializers

from accounts import access
from accounts.api.serializers import Input, Text, VisibleIdField
from accounts.roles import Role


class RoleChange(Input):
    role = serializers.ChoiceField(choices=Role.member_choices())

    class Meta:
        example = {"role": "viewer"}


class NewInvitation(Input):
    """For the role of patient, name the patient or the guardian who will sign in."""

    email = Text(max_length=254)
    role = serializers.ChoiceField(choices=Role.member_choices())
    patient_id = VisibleIdField(access.patients, required=False, allow_null=True)
    guardian_id = VisibleIdField(access.guardians, required=False, allow_null=True)
    practitioner_id = VisibleIdField(
        access.practitioners,
        required=False,
        allow_null=True,
        help_text="The practitioner record whose appointments and patients they will see.",
    )

    class Meta:
        example = {"email": "sam.reyes@example.org", "role": "viewer"}
