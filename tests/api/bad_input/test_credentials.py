"""Credentials that are none, or none any more, at every endpoint: nothing is read or written."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine
from allauth.headless.tokens.strategies.jwt.internal import (
    create_access_token,
    session_key_from_sid,
)
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import ApiKey, Membership, User
from tests.api.bad_input.sending import Site, working
from tests.api.client import ApiClient
from tests.api.shown import faults
from tests.api.site import endpoints

KEY, APP = "key: admin", "admin"


def token_of(site: Site, name: str) -> str:
    return site.world.callers[name].headers["Authorization"].removeprefix("Bearer ")


def claims_of(site: Site) -> dict[str, Any]:
    return jwt.decode(token_of(site, APP), options={"verify_signature": False})


def refused_everywhere(site: Site, token: str, *statuses: int) -> None:
    slug = site.world.own.organization.slug
    caller = ApiClient(token, Caretally_Organization=slug)
    for endpoint in endpoints():
        body = working(site, endpoint) if endpoint.method in ("POST", "PATCH") else None
        answer = caller.send(endpoint.method, site.path(endpoint), body)
        assert answer.status_code in statuses, f"{endpoint} {answer.status_code}"
        assert faults(endpoint, answer) == []
        if answer.status_code == 401:
            assert answer["WWW-Authenticate"].startswith("Bearer")


def part(token: str, number: int, claims: dict[str, Any]) -> str:
    parts = token.split(".")
    parts[number] = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return ".".join(parts)


FORGED: dict[str, Callable[[Site], str]] = {
    "no token": lambda site: "",
    "another's signature": lambda site: jwt.encode(claims_of(site), "x" * 40, algorithm="HS256"),
    "no signature": lambda site: jwt.encode(claims_of(site), "", algorithm="none"),
    "cut off": lambda site: token_of(site, APP)[:-1],
    "another user": lambda site: part(token_of(site, APP), 1, {**claims_of(site), "sub": "1"}),
    "another algorithm": lambda site: part(token_of(site, APP), 0, {"alg": "RS256", "typ": "JWT"}),
    "no claims": lambda site: part(token_of(site, APP), 1, {}),
    "a key that is longer": lambda site: token_of(site, KEY) + "A",
    "a key that is shorter": lambda site: token_of(site, KEY)[:-1],
    "a key in capitals": lambda site: token_of(site, KEY).upper(),
    "the key's prefix": lambda site: token_of(site, KEY)[:10],
    "the key's hash": lambda site: "ck_" + site.world.keys[KEY].secret_hash,
    "a mark alone": lambda site: "ck_",
    "dots": lambda site: "..",
    "endless": lambda site: "x" * 50_000,
    "no text": lambda site: "\u00ff",
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_forged(untouched: Site, forged: Callable[[Site], str]) -> None:
    refused_everywhere(untouched, forged(untouched), 401)


def test_expired(untouched: Site, settings: Any) -> None:
    user, client = untouched.world.users[APP], untouched.world.callers[APP]
    session = Session.objects.get(pk=_session_of(untouched))
    settings.HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = -1
    expired = create_access_token(user, session.get_session_store_class()(session.pk), {})
    assert expired != client.headers["Authorization"]
    refused_everywhere(untouched, expired, 401)


def _session_of(site: Site) -> str:
    key = session_key_from_sid(claims_of(site)["sid"])
    assert key
    return key


def test_signed_out(site: Site, db: None) -> None:
    Session.objects.filter(pk=_session_of(site)).delete()
    refused_everywhere(site, token_of(site, APP), 401)


def test_of_a_deactivated_member(site: Site, db: None) -> None:
    Membership.objects.filter(user=site.world.users[APP]).update(is_active=False)
    refused_everywhere(site, token_of(site, APP), 404)


def test_of_a_deactivated_user(site: Site, db: None) -> None:
    User.objects.filter(pk=site.world.users[APP].pk).update(is_active=False)
    refused_everywhere(site, token_of(site, APP), 401)


@pytest.mark.parametrize("token", [KEY, APP])
def test_of_a_closed_clinic(site: Site, db: None, token: str) -> None:
    organization = type(site.world.own.organization).objects
    organization.filter(pk=site.world.own.organization.pk).update(is_active=False)
    refused_everywhere(site, token_of(site, token), 404 if token == APP else 401)


def test_a_revoked_key(site: Site, db: None) -> None:
    ApiKey.objects.filter(pk=site.world.keys[KEY].pk).update(revoked_at=timezone.now())
    refused_everywhere(site, token_of(site, KEY), 401)


def test_an_expired_key(site: Site, db: None) -> None:
    soon = timezone.now() + timedelta(hours=1)
    ApiKey.objects.filter(pk=site.world.keys[KEY].pk).update(expires_at=soon)
    with time_machine.travel(soon + timedelta(seconds=1)):
        refused_everywhere(site, token_of(site, KEY), 401)
