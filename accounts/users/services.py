"""Users of the installation: who may sign in at all, and who runs it."""

from __future__ import annotations

from dataclasses import replace
from typing import TypedDict, Unpack

from accounts.actor import Actor
from accounts.models import User
from accounts.users import sessions
from accounts.writes import events
from accounts.writes.rows import change, locked
from accounts.writes.transaction import write


class UserFlags(TypedDict, total=False):
    is_active: bool
    is_superuser: bool


@write("user.update")
def update(*, actor: Actor, user: User, **flags: Unpack[UserFlags]) -> User:
    """Activate or deactivate a user, and make them a super-administrator or not.

    What is not given stays. By `Actor.founder`, since it concerns no single clinic; it is recorded
    in the audit log of each clinic that it opens or closes to the user.
    """
    current = locked(User.objects.all(), user)
    was_active = current.is_active
    wanted: dict[str, bool] = {**flags}  # type: ignore[dict-item]
    if "is_superuser" in flags:
        wanted["is_staff"] = flags["is_superuser"]
    change(actor=actor, row=current, to=wanted, action="user.updated")
    if current.is_active != was_active:
        action = "user.reactivated" if current.is_active else "user.deactivated"
        for membership in current.memberships.filter(is_active=True).select_related("organization"):
            clinic = replace(actor, organization=membership.organization)
            events.record(actor=clinic, action=action, obj=current)
    if was_active and not current.is_active:
        sessions.end_all(current)
    return current
