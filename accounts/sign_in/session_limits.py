"""Signs users out after inactivity, and after the longest time a session may last."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

from allauth.headless.internal.sessionkit import lookup_session
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django_htmx.http import HttpResponseClientRedirect

from accounts.actor import Actor
from accounts.models import Membership, User
from accounts.roles import STAFF
from accounts.web.requests import ClinicRequest

STARTED, SEEN, IDLE = "signed_in_at", "seen_at", "idle_minutes"
# The session and its last activity are written at most this often, not for every request.
NOTED_EVERY_SECONDS = 20
# Automatic requests of a page have this header and do not count as activity.
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
        """Apply the idle limit of the clinic that was entered last; patients have none."""
        actor: Actor | None = cast(ClinicRequest, request).actor
        if actor is not None and request.session.get(IDLE) != _idle_minutes(actor):
            request.session[IDLE] = _idle_minutes(actor)


def _idle_minutes(actor: Actor) -> int:
    return 0 if actor.is_patient else actor.organization.idle_minutes


def begin(session: SessionBase, user: User) -> None:
    """Start the limits of an app's session, which has not entered a clinic yet.

    Until it does, the shortest limit of the clinics where the user is staff applies.
    """
    session[STARTED] = session[SEEN] = time.time()
    staff = Membership.objects.filter(user=user, is_active=True, role__in=STAFF)
    shortest = staff.aggregate(found=Min("organization__idle_minutes"))["found"]
    session[IDLE] = shortest or (settings.STAFF_IDLE_MINUTES if user.is_superuser else 0)


def enter(session: SessionBase, actor: Actor, *, by_itself: bool) -> str:
    """The reason why an app's session has ended by the limit of this clinic, or None.

    Otherwise the activity is noted, unless the request was automatic.
    """
    kept = {IDLE: _idle_minutes(actor)}
    if not by_itself and time.time() - session.get(SEEN, 0) > NOTED_EVERY_SECONDS:
        kept[SEEN] = int(time.time())
    was_entered = session.get(IDLE) == kept[IDLE]
    session[IDLE] = kept[IDLE]
    if (reason := over(session)) or (was_entered and SEEN not in kept):
        return reason
    with transaction.atomic():
        if (current := locked(session.session_key)) is None:
            return "You were signed out."
        current.update(kept)
        current.save()
    return ""


def locked(session_key: str | None) -> SessionBase | None:
    """The session, locked to the end of the transaction: it holds its refresh tokens."""
    Session.objects.select_for_update().filter(pk=session_key).first()
    found: SessionBase | None = lookup_session(session_key)
    return found


def over(session: SessionBase) -> str:
    """The reason why the session has ended, or None."""
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
    """The page to return to.

    A form's address may not answer to GET; the page that showed it does.
    """
    htmx = cast(ClinicRequest, request).htmx
    if htmx:
        return htmx.current_url_abs_path or "/"
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    came_from = urlsplit(request.headers.get("Referer", ""))
    return came_from.path if came_from.netloc == request.get_host() else "/"
