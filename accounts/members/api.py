from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import serializers

from accounts import access
from accounts.actor import Actor
from accounts.api.endpoints import does, updates
from accounts.api.resource import Resource
from accounts.api.serializers import Input, Output
from accounts.members import services as members
from accounts.members.filters import MemberListFilter
from accounts.models import Membership
from accounts.roles import Role


class RoleChange(Input):
    role = serializers.ChoiceField(choices=Role.member_choices())

    class Meta:
        example = {"role": "viewer"}


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


class Memberships(Resource):
    area = "organization"
    verbs = {"list": "member.view", "retrieve": "member.view"}
    output = MembershipOutput
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

    @updates("member.update", RoleChange)
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
