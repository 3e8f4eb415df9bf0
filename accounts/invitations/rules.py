"""Who may give whom which role in a clinic.

Nobody may give a role to themselves, and a program may not make an administrator.
"""

from __future__ import annotations

from accounts.actor import Actor
from accounts.errors import NotAllowed
from accounts.messages.tasks import tell_of_new_administrator
from accounts.models import User
from accounts.roles import Role


def own_access() -> NotAllowed:
    return NotAllowed(
        "You cannot let yourself into a clinic. Break the glass to a record, or ask an "
        "administrator of the clinic to invite you.",
        code="own_access",
    )


def check(actor: Actor, *, role: str, user: User | None) -> None:
    """Raises NotAllowed `own_access`, `person_required` if the actor may not admit `user`.

    As a member, a super-administrator could read every record without a reason or a mark in the
    audit log; through an administrator that it creates, a key could exceed its scopes.
    """
    if actor.role == Role.SUPERADMIN and user is not None and user == actor.user:
        raise own_access()
    if actor.api_key_id is not None and role == Role.ADMIN:
        raise NotAllowed(
            "A program cannot make an administrator: a person answers for it.",
            code="person_required",
        )


def tell_administrators(actor: Actor, *, email: str, role: str) -> None:
    """Notify the clinic's administrators by mail that a super-administrator made another one."""
    if actor.role == Role.SUPERADMIN and actor.user and role == Role.ADMIN:
        tell_of_new_administrator.defer(
            organization_id=actor.organization.pk, by_id=actor.user.pk, email=email
        )
