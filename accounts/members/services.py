"""Members: the roles of users in the clinic."""

from __future__ import annotations

from accounts import access
from accounts.actor import Actor
from accounts.errors import Conflict, Invalid
from accounts.invitations import rules as membership_rules
from accounts.invitations import services as invitations
from accounts.models import Membership
from accounts.roles import Role
from accounts.users import sessions
from accounts.writes import events
from accounts.writes.rows import locked
from accounts.writes.transaction import write


@write("member.update")
def update_role(*, actor: Actor, membership: Membership, role: Role) -> Membership:
    """Raises NotFound, Invalid, NotAllowed (see `membership_rules.check`), Conflict
    `last_administrator`.
    """
    if role not in dict(Role.member_choices()):
        raise Invalid("Choose one of the clinic's roles.", field="role")
    administrators = lock_administrators(actor)
    current = locked(access.memberships(actor), membership)
    if role != Role.ADMIN:
        _keep_one(administrators, current)
    if (before := current.role) == role:
        return current
    membership_rules.check(actor, role=role, user=current.user)
    current.role = role
    current.save(update_fields=["role"])
    events.record(
        actor=actor,
        action="member.role_changed",
        obj=current,
        user=current.user_id,
        before=before,
        after=role,
    )
    membership_rules.tell_administrators(actor, email=current.user.email, role=role)
    return current


@write("member.update")
def deactivate(*, actor: Actor, membership: Membership) -> Membership:
    """Close the clinic to a member from their next request on. What they did is kept.

    Open invitations to them are revoked, since accepting one would undo this. A user without
    another clinic is signed out with all apps, since a token would become valid again with a new
    membership. Raises NotFound, Conflict `last_administrator`.
    """
    administrators = lock_administrators(actor)
    # Locked before the member, in the order of `invitations.accept`.
    invitations.revoke_all(actor=actor, user=membership.user)
    current = locked(access.memberships(actor), membership)
    _keep_one(administrators, current)
    _switch(actor, current, is_active=False, action="member.deactivated")
    sessions.end_if_without_clinic(current.user)
    return current


@write("member.update")
def reactivate(*, actor: Actor, membership: Membership) -> Membership:
    """Raises NotFound, NotAllowed (see `membership_rules.check`)."""
    current = locked(access.memberships(actor), membership)
    if not current.is_active:
        membership_rules.check(actor, role=current.role, user=current.user)
        membership_rules.tell_administrators(actor, email=current.user.email, role=current.role)
    return _switch(actor, current, is_active=True, action="member.reactivated")


def _switch(actor: Actor, member: Membership, *, is_active: bool, action: str) -> Membership:
    if member.is_active == is_active:
        return member
    member.is_active = is_active
    member.save(update_fields=["is_active"])
    events.record(actor=actor, action=action, obj=member, user=member.user_id)
    return member


def lock_administrators(actor: Actor) -> list[int]:
    """Lock all administrators in the order of ids, before any other member and before counting.

    Otherwise two administrators could deactivate each other at the same time.
    """
    rows = Membership.objects.filter(
        organization=actor.organization, role=Role.ADMIN, is_active=True, user__is_active=True
    )
    in_order = rows.order_by("pk").select_for_update(of=("self",), no_key=True)
    return [membership.pk for membership in in_order]


def _keep_one(administrators: list[int], member: Membership) -> None:
    if administrators == [member.pk]:
        raise Conflict(
            "This is the clinic's only active administrator. "
            "Make somebody else an administrator first.",
            code="last_administrator",
        )
