"""Creates, rotates and revokes API keys.

Only people create keys or change those of others: a program could otherwise create or take over one
that has more access or lasts longer. A program may rotate and revoke its own key.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.utils import timezone

from accounts import access
from accounts.actor import Actor
from accounts.api_keys import overlaps
from accounts.errors import Conflict, Invalid, NotAllowed, translates
from accounts.models import ApiKey, Practitioner
from accounts.models.api import SCOPES
from accounts.roles import Role
from accounts.writes import events, fields
from accounts.writes.rows import locked, not_found
from accounts.writes.transaction import write

MARK = "ck_"


def hash_of(secret: str) -> str:
    """SHA-256 of a secret. Its 256 random bits cannot be guessed, so it needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


@write("api_key.create")
def create(
    *,
    actor: Actor,
    name: str,
    role: Role,
    scopes: list[str],
    practitioner: Practitioner | None = None,
    expires_at: datetime | None = None,
) -> ApiKey:
    """Create a key. Its `secret` is shown only now, as an attribute of the result.

    Raises NotAllowed `person_required`, Invalid, NotFound, Conflict `name_taken`.
    """
    if actor.api_key_id is not None:
        raise _person_required()
    secret = _new_secret()
    key = ApiKey(
        organization=actor.organization,
        name=name.strip(),
        role=role,
        practitioner=practitioner,
        scopes=sorted(set(scopes)),
        prefix=secret[:10],
        secret_hash=hash_of(secret),
        created_by=actor.user,
        expires_at=expires_at,
    )
    fields.check(key)
    _check(actor, key)
    key.save(force_insert=True)
    events.record(actor=actor, action="api_key.created", obj=key, role=role, scopes=key.scopes)
    key.secret = secret  # type: ignore[attr-defined]
    return key


@write("api_key.rotate")
def rotate(
    *, actor: Actor, api_key: ApiKey, overlap: timedelta = overlaps.DEFAULT_OVERLAP
) -> ApiKey:
    """Give the key a new secret, shown only now. The old one stays valid for `overlap`.

    Raises NotFound, NotAllowed `person_required`, Invalid, Conflict `key_over`.
    """
    overlaps.check(overlap)
    key = _locked_active(actor, api_key)
    secret = _new_secret()
    key.previous_hash, key.previous_expires_at = key.secret_hash, timezone.now() + overlap
    key.secret_hash, key.prefix = hash_of(secret), secret[:10]
    key.save(update_fields=["previous_hash", "previous_expires_at", "secret_hash", "prefix"])
    events.record(actor=actor, action="api_key.rotated", obj=key)
    key.secret = secret  # type: ignore[attr-defined]
    return key


@write("api_key.revoke")
def revoke(*, actor: Actor, api_key: ApiKey) -> ApiKey:
    """End the key at once, with every secret it has.

    Raises NotFound, NotAllowed `person_required`, Conflict `key_over`.
    """
    key = _locked_active(actor, api_key)
    key.revoked_at = timezone.now()
    key.save(update_fields=["revoked_at"])
    events.record(actor=actor, action="api_key.revoked", obj=key)
    return key


def _new_secret() -> str:
    return MARK + secrets.token_urlsafe(32)


def _check(actor: Actor, key: ApiKey) -> None:
    unknown = sorted(set(key.scopes) - set(SCOPES))
    if unknown or not key.scopes:
        raise Invalid("Choose at least one valid scope.", field="scopes")
    if (key.role == Role.PRACTITIONER) != (key.practitioner is not None):
        raise Invalid(
            "A key acts for a practitioner in that role, and in no other.", field="practitioner"
        )
    if key.practitioner and not access.practitioners(actor).filter(pk=key.practitioner.pk).exists():
        raise not_found(key.practitioner, field="practitioner")
    if key.expires_at and key.expires_at <= timezone.now():
        raise Invalid("Choose an expiry in the future.", field="expires_at")


def _locked_active(actor: Actor, api_key: ApiKey) -> ApiKey:
    key = locked(access.api_keys(actor), api_key)
    if actor.api_key_id not in (None, key.pk):
        raise _person_required()
    if key.state != "active":
        raise Conflict(f"This key is {key.state} already.", code="key_over")
    return key


def _person_required() -> NotAllowed:
    return NotAllowed(
        "A program has its own key only: a person makes, rotates and revokes others.",
        code="person_required",
    )


@translates("api_key_name_once")
def _name_taken() -> Conflict:
    return Conflict("There is a key of that name.", code="name_taken", field="name")
