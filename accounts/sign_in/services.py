"""Records sign-ins and credential changes in the audit log of each clinic they concern.

An event belongs to one clinic: a user of several clinics leaves one in each. A user without clinics
and a super-administrator leave one without a clinic (docs/decisions/0028).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q

from accounts.actor import Actor
from accounts.models import Organization, User
from accounts.roles import Role
from accounts.writes import events

SIGNED_IN = "user.signed_in"
SIGNED_OUT = "user.signed_out"
FAILED = "user.sign_in_failed"
SESSIONS_ENDED = "user.sessions_ended"
PASSWORD_CHANGED = "user.password_changed"
PASSWORD_RESET = "user.password_reset"
EMAIL_ADDED = "user.email_added"
EMAIL_CHANGED = "user.email_changed"
EMAIL_REMOVED = "user.email_removed"
FACTOR_ADDED = "user.factor_added"
FACTOR_REMOVED = "user.factor_removed"
FACTOR_RESET = "user.factor_reset"


@dataclass(frozen=True, kw_only=True)
class RequestOrigin:
    """The request's id and address."""

    channel: str
    request_id: str
    address: str | None


def record(*, user: User, action: str, request_origin: RequestOrigin, **details: Any) -> None:
    """`details` are words and figures, never a password, code, key or address."""
    with transaction.atomic():
        for actor in _in_each_clinic(user, request_origin):
            events.record(actor=actor, action=action, obj=user, **details)


def record_failure(*, user: User, request_origin: RequestOrigin, **details: Any) -> None:
    """Record a failed sign-in for the user, without an actor: who tried is not known."""
    with transaction.atomic():
        for actor in _in_each_clinic(user, request_origin):
            somebody = replace(actor, user=None, role=Role.SYSTEM)
            events.record(actor=somebody, action=FAILED, obj=user, **details)


def user_of(email: str) -> User | None:
    """The user who signs in with this address, if there is one."""
    own = EmailAddress.objects.filter(email__iexact=email).values("user_id")
    return User.objects.filter(Q(email__iexact=email) | Q(pk__in=own)).first()


def _in_each_clinic(user: User, request_origin: RequestOrigin) -> Iterator[Actor]:
    by = {"user": user, **vars(request_origin)}
    found = user.memberships.filter(is_active=True, organization__is_active=True)
    members = list(found.select_related("organization"))
    for membership in members:
        yield Actor(organization=membership.organization, role=Role(membership.role), **by)
    if user.is_superuser or not members:
        role = Role.SUPERADMIN if user.is_superuser else Role.SYSTEM
        yield Actor(organization=Organization(), role=role, **by)
