from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts import access
from accounts.actor import Actor
from accounts.api.endpoints import creates, does, updates
from accounts.api.filters import InvitationListFilter, MemberListFilter
from accounts.api.inputs import member as inputs
from accounts.api.outputs import member as outputs
from accounts.api.resource import Resource
from accounts.models import Invitation, Membership
from accounts.roles import Role
from accounts.services import invitations, members


class Memberships(Resource):
    area = "organization"
    verbs = {"list": "member.view", "retrieve": "member.view"}
    output = outputs.MembershipOutput
    filterset_class = MemberListFilter
    ordering_fields = {
        "name": "user__name",
        "email": "user__email",
        "role": "role",
        "created_at": "created_at",
    }

    @staticmethod
    def rows(actor: Actor) -> QuerySet[Membership]:
        return access.memberships(actor).select_related("user")

    def lock_before(self) -> None:
        members.lock_administrators(self.actor)

    @updates("member.update", inputs.RoleChange)
    def partial_update(self, row: Membership, *, role: Role | None = None) -> Membership:
        """Change a member's role; the clinic keeps at least one administrator."""
        return members.update_role(actor=self.actor, membership=row, role=role or Role(row.role))

    @does("member.update")
    def deactivate(self, row: Membership) -> Membership:
        """Close the clinic to a member at once; what they did stays."""
        return members.deactivate(actor=self.actor, membership=row)

    @does("member.update")
    def reactivate(self, row: Membership) -> Membership:
        """Let a deactivated member in again."""
        return members.reactivate(actor=self.actor, membership=row)


class Invitations(Resource):
    area = "organization"
    verbs = {"list": "member.view", "retrieve": "member.view"}
    of_records = False  # who was invited is no part of it
    output = outputs.InvitationOutput
    filterset_class = InvitationListFilter
    ordering_fields = {
        "email": "email",
        "created_at": "created_at",
        "expires_at": "expires_at",
    }

    @staticmethod
    def rows(actor: Actor) -> QuerySet[Invitation]:
        return access.invitations(actor)

    @creates("invitation.invite", inputs.NewInvitation)
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
