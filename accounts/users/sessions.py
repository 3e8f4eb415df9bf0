"""Ending sessions of browsers and apps. They are rows, so they end with the transaction."""

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
    """Sign out a user without any active clinic.

    Locks the user, since two clinics may deactivate them at the same time.
    """
    current = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not current.is_superuser and not current.memberships.filter(is_active=True).exists():
        end_all(current)
