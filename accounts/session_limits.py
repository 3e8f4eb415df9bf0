"""Sign people out who have left their screen, or have been signed in for too long."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django_htmx.http import HttpResponseClientRedirect

from accounts.actor import Actor
from accounts.http import ClinicRequest

STARTED, SEEN, IDLE = "signed_in_at", "seen_at", "idle_minutes"
# The session, and when it was last seen, are written so often at most: a write for every request
# would be too dear.
NOTED_EVERY_SECONDS = 20
# A page that asks for news by itself says so by this header, and does not count as activity.
BY_ITSELF = "X-Background"


class SessionLimits:
    """Idle limit for staff, as their clinic sets it; absolute limit for everybody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            if reason := over(request.session):
                return _signed_out(request, reason)
            _note(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> None:
        """The clinic entered last says how long one may be idle; a patient may."""
        actor: Actor | None = cast(ClinicRequest, request).actor
        if actor is None:
            return
        minutes = 0 if actor.is_patient else actor.organization.idle_minutes
        if request.session.get(IDLE) != minutes:
            request.session[IDLE] = minutes


def begin(session: SessionBase, *, is_staff: bool) -> None:
    """Start the clocks of a session that no page belongs to."""
    session[STARTED] = session[SEEN] = time.time()
    session[IDLE] = settings.STAFF_IDLE_MINUTES if is_staff else 0


def over(session: SessionBase) -> str:
    """Why the session has ended, if it has."""
    now = time.time()
    started = session.get(STARTED, now)
    if now - started > settings.SESSION_ABSOLUTE_HOURS * 3600:
        return f"You were signed in for {settings.SESSION_ABSOLUTE_HOURS} hours."
    idle = session.get(IDLE, settings.STAFF_IDLE_MINUTES)
    if idle and now - session.get(SEEN, now) > idle * 60:
        return f"You were signed out after {idle} minutes without activity."
    return ""


def _note(request: HttpRequest) -> None:
    now = time.time()
    if STARTED not in request.session:
        request.session[STARTED] = now
    if BY_ITSELF in request.headers and SEEN in request.session:
        return
    if now - request.session.get(SEEN, 0) > NOTED_EVERY_SECONDS:
        request.session[SEEN] = now
        UserSession.objects.create_from_request(request)


def _signed_out(request: HttpRequest, reason: str) -> HttpResponse:
    logout(request)
    messages.info(request, f"{reason} Sign in to go on where you were.")
    to_sign_in = redirect_to_login(_page(request))
    if cast(ClinicRequest, request).htmx:
        return HttpResponseClientRedirect(to_sign_in.url)
    return to_sign_in


def _page(request: HttpRequest) -> str:
    """Where they were: a form's address need not answer to GET, the page it stood on does."""
    htmx = cast(ClinicRequest, request).htmx
    if htmx:
        return htmx.current_url_abs_path or "/"
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    came_from = urlsplit(request.headers.get("Referer", ""))
    return came_from.path if came_from.netloc == request.get_host() else "/"
