"""Scripts of other hosts' pages: shut out, unless the installation names their host."""

from __future__ import annotations

import pytest

from tests.api.client import ApiClient

ORIGIN = "https://app.example.org"
ALLOW = "Access-Control-Allow-Origin"

pytestmark = pytest.mark.django_db


def test_off_unless_configured(api) -> None:
    answer = api.get("locations", Origin=ORIGIN)
    assert answer.status_code == 200
    assert ALLOW not in answer


def test_a_host_that_is_named_may_call(api, settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    answer = api.get("locations", Origin=ORIGIN)
    assert answer[ALLOW] == ORIGIN
    assert "etag" in answer["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer
    assert ALLOW not in api.get("locations", Origin="https://elsewhere.example.org")


def test_a_browser_may_ask_first(settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    asked = {"Origin": ORIGIN, "Access_Control_Request_Method": "POST"}
    answer = ApiClient().send("OPTIONS", "appointments", **asked)
    assert (answer.status_code, answer[ALLOW]) == (200, ORIGIN)
    allowed = answer["Access-Control-Allow-Headers"]
    assert {"authorization", "idempotency-key", "if-match"} <= set(allowed.split(", "))


def test_pages_stay_shut(client, settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    assert ALLOW not in client.get("/accounts/login/", headers={"Origin": ORIGIN})
