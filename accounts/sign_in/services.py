"""How somebody signs in, and whatever changes it, leaves a trace in each clinic that it opens.

An event belongs to one clinic. Whoever has several leaves it in each; who has none, and who runs
the installation, leaves one of no clinic (docs/decisions/0028).
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
    """By which request, and from where."""

    channel: str
    request_id: str
    address: str | None


def record(*, user: User, action: str, request_origin: RequestOrigin, **details: Any) -> None:
    """`details` are words and figures, never a password, a code, a key or an address."""
    with transaction.atomic():
        for actor in _in_each_clinic(user, request_origin):
            events.record(actor=actor, action=action, obj=user, **details)


def record_failure(*, user: User, request_origin: RequestOrigin, **details: Any) -> None:
    """Somebody tried to sign in as the user. Who it was is not known: nobody is named."""
    with transaction.atomic():
        for actor in _in_each_clinic(user, request_origin):
            somebody = replace(actor, user=None, role=Role.SYSTEM)
            events.record(actor=somebody, action=FAILED, obj=user, **details)


def user_of(email: str) -> User | None:
    """Who signs in by this address, if anybody does."""
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
