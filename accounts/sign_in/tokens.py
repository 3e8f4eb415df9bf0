"""Access and refresh tokens for people's apps: short-lived, rotating, bound to a session.

A refresh token can be used once. If one is used again, it was copied, and the session ends with all
its tokens (RFC 9700, 4.14.2).
"""

from __future__ import annotations

import time
from typing import Any, cast

from allauth.headless.tokens.strategies.jwt import JWTTokenStrategy
from allauth.headless.tokens.strategies.jwt import internal as jwt
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.http import HttpRequest

from accounts.models import User
from accounts.sign_in import session_limits


class Tokens(JWTTokenStrategy):
    def create_access_token_payload(self, request: HttpRequest) -> dict[str, Any] | None:
        session_limits.begin(request.session, cast(User, request.user))
        payload: dict[str, Any] | None = super().create_access_token_payload(request)
        return payload

    def refresh_token(self, refresh_token: str) -> tuple[str, str] | None:
        payload = jwt.decode_token(refresh_token, "refresh")
        key = jwt.session_key_from_sid(payload["sid"]) if payload else None
        if payload is None or key is None:
            return None
        with transaction.atomic():
            # Of two concurrent requests with one token, the second finds it used.
            session = session_limits.locked(key)
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


def opened_by(token: str) -> tuple[User, SessionBase] | None:
    """User and session of an access token, or None if either is over."""
    payload = jwt.decode_token(token, "access")
    session = jwt.get_token_session(payload) if payload else None
    if payload is None or session is None:
        return None
    user: User | None = jwt.validate_token_user(payload, session)
    return (user, session) if user else None
