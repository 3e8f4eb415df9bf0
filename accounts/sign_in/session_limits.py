"""Sign people out who have left their screen, or have been signed in for too long."""

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
        if actor is not None and request.session.get(IDLE) != _idle_minutes(actor):
            request.session[IDLE] = _idle_minutes(actor)


def _idle_minutes(actor: Actor) -> int:
    return 0 if actor.is_patient else actor.organization.idle_minutes


def begin(session: SessionBase, user: User) -> None:
    """Start the clocks of an app's session, which has entered no clinic yet.

    Until it does, the shortest limit holds of the clinics where the user is staff.
    """
    session[STARTED] = session[SEEN] = time.time()
    staff = Membership.objects.filter(user=user, is_active=True, role__in=STAFF)
    shortest = staff.aggregate(found=Min("organization__idle_minutes"))["found"]
    session[IDLE] = shortest or (settings.STAFF_IDLE_MINUTES if user.is_superuser else 0)


def enter(session: SessionBase, actor: Actor, *, by_itself: bool) -> str:
    """Why an app's session has ended by the limit of the clinic it enters, if it has.

    Otherwise its activity is noted, except what the app does by itself.
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
    """The session as it is now, until the transaction ends: its refresh tokens are in it."""
    Session.objects.select_for_update().filter(pk=session_key).first()
    found: SessionBase | None = lookup_session(session_key)
    return found


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
