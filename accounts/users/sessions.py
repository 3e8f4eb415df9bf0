"""Sessions of browsers and of apps: rows, which go in the transaction that ends them."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from accounts.models import User


def end_all(user: User) -> None:
    """Sign the user out everywhere; every access and refresh token ends with its session."""
    theirs = UserSession.objects.filter(user=user)
    Session.objects.filter(session_key__in=theirs.values("session_key")).delete()
    theirs.delete()


def end_if_without_clinic(user: User) -> None:
    """Sign out who has no clinic left. Locks the user: two clinics may let go of them at once."""
    current = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not current.is_superuser and not current.memberships.filter(is_active=True).exists():
        end_all(current)
