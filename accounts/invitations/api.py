from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts import access
from accounts.actor import Actor
from accounts.api.endpoints import creates, does
from accounts.api.resource import Resource
from accounts.api.serializers import Input, Output, Text, VisibleIdField
from accounts.invitations import services as invitations
from accounts.invitations.filters import InvitationListFilter
from accounts.models import Invitation
from accounts.roles import Role


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


class InvitationOutput(Output):
    """The link itself is in the mail, and nowhere else."""

    state = serializers.ChoiceField(choices=Invitation.State.choices)

    class Meta:
        model = Invitation
        fields = (
            "id",
            "email",
            "role",
            "patient_id",
            "guardian_id",
            "practitioner_id",
            "state",
            "invited_by_id",
            "created_at",
            "expires_at",
            "accepted_at",
            "revoked_at",
        )
        example = {
            "id": 31,
            "email": "sam.reyes@example.org",
            "role": "viewer",
            "patient_id": None,
            "guardian_id": None,
            "practitioner_id": None,
            "state": "open",
            "invited_by_id": 11,
            "created_at": "2026-11-23T15:00:00Z",
            "expires_at": "2026-11-30T15:00:00Z",
            "accepted_at": None,
            "revoked_at": None,
        }


class Invitations(Resource):
    area = "organization"
    verbs = {"list": "member.view", "retrieve": "member.view"}
    of_records = False  # invitations are not part of it
    output = InvitationOutput
    filterset_class = InvitationListFilter
    ordering_fields = {
        "email": "email",
        "created_at": "created_at",
        "expires_at": "expires_at",
    }

    @staticmethod
    def rows(actor: Actor) -> QuerySet[Invitation]:
        return access.invitations(actor)

    @creates("invitation.invite", NewInvitation)
    def create(self, **fields: Any) -> Invitation:
        """Invite somebody by mail; the link works for 7 days.

        An earlier invitation of theirs that is still open is revoked.
        """
        return invitations.invite(actor=self.actor, **fields)

    @does("invitation.resend")
    def resend(self, row: Invitation) -> Invitation:
        """Mail a new link, valid from now; the earlier one stops working."""
        return invitations.resend(actor=self.actor, invitation=row)

    @does("invitation.revoke")
    def revoke(self, row: Invitation) -> Invitation:
        """Make the link worthless."""
        return invitations.revoke(actor=self.actor, invitation=row)
