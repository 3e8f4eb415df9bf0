"""Signing in leaves a trace in every clinic that it opens."""

from __future__ import annotations

from django.db import transaction

from accounts.actor import Actor
from accounts.models import User
from accounts.roles import Role
from accounts.services import events


def record(*, user: User, address: str | None, request_id: str) -> None:
    memberships = user.memberships.filter(is_active=True, organization__is_active=True)
    with transaction.atomic():
        for membership in memberships.select_related("organization"):
            actor = Actor(
                user=user,
                organization=membership.organization,
                role=Role(membership.role),
                channel="web",
                request_id=request_id,
                address=address,
            )
            events.record(actor=actor, action="user.signed_in", obj=user)
