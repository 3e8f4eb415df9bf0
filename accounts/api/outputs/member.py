from __future__ import annotations

from rest_framework import serializers

from accounts.api.serializers import Output
from accounts.models import Invitation, Membership


class MembershipOutput(Output):
    """What a person is in the clinic."""

    name = serializers.CharField(source="user.name")
    email = serializers.EmailField(source="user.email")

    class Meta:
        model = Membership
        fields = ("id", "user_id", "name", "email", "role", "is_active", "created_at")
        example = {
            "id": 21,
            "user_id": 11,
            "name": "Robin Okafor",
            "email": "robin.okafor@example.org",
            "role": "practitioner",
            "is_active": True,
            "created_at": "2026-11-02T14:00:00Z",
        }


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
