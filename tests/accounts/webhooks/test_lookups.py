"""A name server may take its time: no transaction waits for it, and no row is locked meanwhile."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest
from django.db import connection

from accounts.errors import Invalid
from accounts.models import WebhookEndpoint
from accounts.webhooks import addresses
from tests.accounts.webhooks.test_api import NEW, key
from tests.api.client import ApiClient, error

pytestmark = pytest.mark.django_db(transaction=True)
ELSEWHERE = {"url": "https://203.0.114.9/hooks"}


@pytest.fixture
def api(admin) -> ApiClient:
    return key(admin, "webhooks:read", "webhooks:write")


@pytest.fixture
def inside(monkeypatch) -> list[bool]:
    """Of each look-up: whether a transaction was open."""
    found: list[bool] = []
    look_up = addresses._looked_up

    def noted(host: str, port: int) -> list[addresses.Address]:
        found.append(connection.in_atomic_block)
        return look_up(host, port)

    monkeypatch.setattr(addresses, "_looked_up", noted)
    return found


@pytest.mark.parametrize("headers", [{}, {"Idempotency_Key": "k"}, {"If_Match": "*"}])
def test_looked_up_once_and_before(headers, api, inside) -> None:
    made = api.post("webhooks", NEW)

    changed = api.patch(f"webhooks/{made.json()['id']}", ELSEWHERE, **headers)

    assert (changed.status_code, changed.json()["url"]) == (200, ELSEWHERE["url"])
    assert inside == [False, False]


def test_a_refusal_is_given_in_its_turn_and_kept(api, inside) -> None:
    bad = {"url": "https://169.254.169.254/"}
    first, again = (api.post("webhooks", {**NEW, **bad}, Idempotency_Key="k") for _ in range(2))

    assert error(first)["code"] == "address_refused"
    assert (error(first)["attr"], again.json()) == ("url", first.json())
    assert again["Idempotent-Replayed"] == "true"
    path = f"webhooks/{api.post('webhooks', NEW).json()['id']}"
    stale = api.patch(path, bad, If_Match='"old"')
    assert error(stale)["code"] == "stale"
    assert inside == [False] * 4


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"url": 5}', b"", b'{"url": "x", "url": "y"}'])
def test_what_is_no_body_is_refused_as_ever(body, api, inside) -> None:
    answers = [api.post("webhooks", body), api.post("webhooks", body, Idempotency_Key="k")]

    assert [one.status_code for one in answers] == [400, 400]
    assert answers[0].json() == answers[1].json()
    assert inside == []


def test_a_number_waits_for_no_name_server(monkeypatch, settings) -> None:
    settings.WEBHOOK_ALLOW_PRIVATE = False
    monkeypatch.setattr(addresses._lookups, "submit", None)

    for url in ("https://127.0.0.1/", "https://2130706433/", "https://[::1]/"):
        with pytest.raises(Invalid, match="private or reserved"):
            addresses.checked(url)
    assert addresses.checked("https://203.0.114.7/") == "https://203.0.114.7/"


def test_a_name_server_that_does_not_answer_in_time_is_a_refusal(monkeypatch, new_webhook) -> None:
    def slowly(host: str, port: int, **options: Any) -> Any:
        if not options["flags"]:
            time.sleep(0.2)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(addresses.socket, "getaddrinfo", slowly)
    monkeypatch.setattr(addresses, "LOOKUP_SECONDS", 0.01)

    with pytest.raises(Invalid) as refused:
        new_webhook("https://inside.example/")

    assert (refused.value.code, refused.value.field) == ("lookup_timeout", "url")
    assert not WebhookEndpoint.objects.exists()
