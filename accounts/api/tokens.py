"""Access and refresh tokens for people's apps: short, rotating, and gone when the session is.

A refresh token is good once. One that comes back was stolen, or kept by a thief's victim: the
session ends with all its tokens (RFC 9700, 4.14.2).
"""

from __future__ import annotations

import time
from typing import Any

from allauth.headless.internal.sessionkit import lookup_session
from allauth.headless.tokens.strategies.jwt import JWTTokenStrategy
from allauth.headless.tokens.strategies.jwt import internal as jwt
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest

from accounts import session_limits
from accounts.models import User
from accounts.roles import STAFF


class Tokens(JWTTokenStrategy):
    def create_access_token_payload(self, request: HttpRequest) -> dict[str, Any] | None:
        session_limits.begin(request.session, is_staff=_is_staff(request.user))
        payload: dict[str, Any] | None = super().create_access_token_payload(request)
        return payload

    def refresh_token(self, refresh_token: str) -> tuple[str, str] | None:
        payload = jwt.decode_token(refresh_token, "refresh")
        key = jwt.session_key_from_sid(payload["sid"]) if payload else None
        if payload is None or key is None:
            return None
        with transaction.atomic():
            # Two at once with one token: the second finds it used.
            Session.objects.select_for_update().filter(pk=key).first()
            session = lookup_session(key)
            if session is None:
                return None
            was_used = payload["jti"] not in jwt.get_refresh_token_state(session)
            if was_used or session_limits.over(session):
                session.flush()
                return None
            session[session_limits.SEEN] = time.time()
            session.save()
            pair: tuple[str, str] | None = super().refresh_token(refresh_token)
            return pair


def _is_staff(user: Any) -> bool:
    members = User.objects.filter(pk=user.pk, memberships__is_active=True)
    return bool(user.is_superuser) or members.filter(memberships__role__in=STAFF).exists()
