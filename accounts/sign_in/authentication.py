from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, NotFound
from rest_framework.request import Request

from accounts import access
from accounts.actor import Actor
from accounts.api.credentials import ORGANIZATION, Access
from accounts.api_keys.services import MARK, hash_of
from accounts.errors import Invalid
from accounts.models import ApiKey, User
from accounts.models.api import SCOPES
from accounts.prepared import Param, PreparedQuery
from accounts.roles import Role
from accounts.sign_in import session_limits
from accounts.sign_in.tokens import opened_by
from accounts.web.middleware import actor_for, request_id

LAST_USED_INTERVAL = timedelta(minutes=1)


def _keys() -> QuerySet[ApiKey]:
    return ApiKey.objects.select_related("organization").order_by()


KEY = PreparedQuery(lambda: _keys().filter(secret_hash=Param("digest")))


ROTATED_KEY = PreparedQuery(
    lambda: _keys().filter(previous_hash=Param("digest"), previous_expires_at__gt=Param("now"))
)


class Bearer(BaseAuthentication):
    """Raises AuthenticationFailed without a reason, which would help an attacker."""

    def authenticate(self, request: Request) -> tuple[User | None, Access] | None:
        scheme, _, token = _header(request).partition(" ")
        if not scheme:
            return None
        if scheme.lower() != "bearer" or not token:
            raise AuthenticationFailed("Send 'Authorization: Bearer' and a key or token.")
        found = _by_key(request, token) if token.startswith(MARK) else _by_token(request, token)
        return found.actor.user, found

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Caretally"'


def _header(request: Request) -> str:
    try:
        return get_authorization_header(request).decode("ascii").strip()
    except UnicodeDecodeError as error:
        raise AuthenticationFailed("That is no key or token.") from error


def _by_key(request: Request, token: str) -> Access:
    now = timezone.now()
    key = _key_with(hash_of(token), now)
    if key is None:
        raise AuthenticationFailed("That key is not known, or no longer.")
    if key.last_used_at is None or key.last_used_at < now - LAST_USED_INTERVAL:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    asked = request.headers.get(ORGANIZATION)
    if asked and asked != key.organization.slug:
        raise NotFound
    actor = Actor(
        user=None,
        organization=key.organization,
        role=Role(key.role),
        channel="api",
        request_id=request_id(),
        address=request.META.get("REMOTE_ADDR") or None,
        practitioner_id=_practitioner_id(key),
        api_key_id=key.pk,
    )
    return Access(actor, f"key:{key.pk}", frozenset(key.scopes))


def _key_with(digest: str, now: datetime) -> ApiKey | None:
    """The key with this secret, or with this previous secret during a rotation.

    Read for each request, so that a revoked key stops working at once.
    """
    key = KEY.first(digest=digest) or ROTATED_KEY.first(digest=digest, now=now)
    return key if key and key.state == "active" and key.organization.is_active else None


def _practitioner_id(key: ApiKey) -> int | None:
    """None for an inactive practitioner, whose key then sees no patients, as for a person."""
    own = key.practitioner
    return own.pk if own is not None and own.is_active else None


def _by_token(request: Request, token: str) -> Access:
    found = opened_by(token)
    if found is None:
        raise AuthenticationFailed("That token is not valid, or no longer.")
    user, session = found
    try:
        slug = _slug(request, user)
        memberships = access.memberships_of(user).filter(organization__slug=slug)
        actor = actor_for(user, slug, request, channel="app", among=memberships)
    except Http404 as error:
        raise NotFound from error
    by_itself = session_limits.BY_ITSELF in request.headers
    if reason := session_limits.enter(session, actor, by_itself=by_itself):
        raise AuthenticationFailed(f"{reason} Sign in again.")
    return Access(actor, f"user:{user.pk}", frozenset(SCOPES))


def _slug(request: Request, user: User) -> str:
    if asked := request.headers.get(ORGANIZATION):
        return asked
    own = list(access.organizations(user).values_list("slug", flat=True)[:2])
    if not own:
        raise NotFound
    if len(own) > 1:
        raise Invalid(
            f"You have several clinics: say which by the header {ORGANIZATION}.",
            code="organization_required",
        )
    return own[0]
