"""Records the sign-ins and credential changes that django-allauth signals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from allauth.account import signals as account
from allauth.headless.constants import Client
from allauth.mfa import signals as mfa
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from django.dispatch import Signal
from django.http import HttpRequest

from accounts.models import User
from accounts.sign_in import services as sign_ins
from accounts.sign_in.services import RequestOrigin
from accounts.web.middleware import request_id

log = structlog.get_logger(__name__)

ACTIONS: tuple[tuple[Signal, str], ...] = (
    (account.user_logged_out, sign_ins.SIGNED_OUT),
    (account.password_set, sign_ins.PASSWORD_CHANGED),
    (account.password_changed, sign_ins.PASSWORD_CHANGED),
    (account.password_reset, sign_ins.PASSWORD_RESET),
    (account.email_added, sign_ins.EMAIL_ADDED),
    (account.email_changed, sign_ins.EMAIL_CHANGED),
    (account.email_removed, sign_ins.EMAIL_REMOVED),
    (mfa.authenticator_added, sign_ins.FACTOR_ADDED),
    (mfa.authenticator_removed, sign_ins.FACTOR_REMOVED),
    (mfa.authenticator_reset, sign_ins.FACTOR_RESET),
)


def connect() -> None:
    for signal, action in ACTIONS:
        signal.connect(_recorder(action), weak=False, dispatch_uid=action)
    mfa.authentication_failed.connect(factor_failed, dispatch_uid=sign_ins.FAILED)


def _recorder(action: str) -> Callable[..., None]:
    def record(request: HttpRequest, user: User | None, **told: Any) -> None:
        if user is not None:
            sign_ins.record(
                user=user, action=action, request_origin=request_origin(request), **_factor(told)
            )

    return record


def factor_failed(request: HttpRequest, user: User, **told: Any) -> None:
    sign_ins.record_failure(user=user, request_origin=request_origin(request), **_factor(told))


def password_failed(request: HttpRequest, email: str) -> None:
    """Nothing is recorded for an unknown address, which may belong to somebody who is no user."""
    user = sign_ins.user_of(email) if email else None
    if user is None:
        log.info("sign_in_failed_for_nobody")
    else:
        sign_ins.record_failure(
            user=user, request_origin=request_origin(request), factor="password"
        )


def request_origin(request: HttpRequest) -> RequestOrigin:
    headless = getattr(getattr(request, "allauth", None), "headless", None)
    return RequestOrigin(
        channel="app" if getattr(headless, "client", None) == Client.APP else "web",
        request_id=request_id(),
        address=request.META.get("REMOTE_ADDR") or None,
    )


def _factor(told: dict[str, Any]) -> dict[str, str]:
    """The kind of second factor that a signal is about."""
    authenticator = told.get("authenticator")
    return {"factor": authenticator.type} if authenticator else {}


class SessionsAdapter(DefaultUserSessionsAdapter):
    """Ends the sessions that the user chose, or all others."""

    def end_sessions(self, sessions: Any) -> None:
        super().end_sessions(sessions)
        if sessions:
            sign_ins.record(
                user=sessions[0].user,
                action=sign_ins.SESSIONS_ENDED,
                request_origin=request_origin(self.request),
                sessions=len(sessions),
            )
