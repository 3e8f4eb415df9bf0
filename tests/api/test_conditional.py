"""Conditional requests: what a tag is of, and what every answer says whatever its status."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.api.endpoints import deprecated
from accounts.patients.api import Patients
from tests import factories
from tests.api.client import error

pytestmark = pytest.mark.django_db
WEBHOOK = {"url": "https://203.0.114.7/hooks", "event_types": ["patient.*"]}


def test_not_modified_carries_rate_limit_and_deprecation(api, clinic, monkeypatch) -> None:
    monkeypatch.setattr(Patients.retrieve, "spec", Patients.retrieve.spec)
    deprecated(since=date(2026, 12, 1), until=date(2027, 6, 1), instead="the list")(
        Patients.retrieve
    )
    path = f"patients/{factories.PatientFactory(organization=clinic).pk}"
    read = api.get(path)

    unchanged = api.get(path, If_None_Match=read["ETag"])

    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged["ETag"] == read["ETag"]
    assert read["Cache-Control"] == "private, no-cache"
    for name in ("RateLimit-Limit", "Deprecation", "Sunset", "Cache-Control"):
        assert unchanged[name] == read[name], name
    assert int(unchanged["RateLimit-Remaining"]) == int(read["RateLimit-Remaining"]) - 1


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_read_that_does_not_match_is_refused_in_the_one_shape(api, method) -> None:
    refused = api.send(method, "patients", If_Match='"another"')

    assert refused.status_code == 412
    assert refused["Content-Type"] == "application/json"
    assert "RateLimit-Remaining" in refused
    if method == "GET":
        assert error(refused)["code"] == "stale"
    assert api.send(method, "patients", If_Match="*").status_code == 200


def test_what_is_shown_once_has_no_tag(clinic, new_app) -> None:
    """It is the tag of an answer that nobody can read again."""
    api = new_app(factories.actor(clinic).user)
    made = api.post("webhooks", WEBHOOK)
    path = f"webhooks/{made.json()['id']}"
    turned = api.post(f"{path}/rotate", {})
    named = {"name": "Screen", "role": "viewer", "scopes": ["patients:read"]}

    for answer in (made, turned, api.post("api-keys", named)):
        assert "secret" in answer.json()
        assert "ETag" not in answer
    read = api.get(path)
    assert api.patch(path, {"event_types": ["*"]}, If_Match=read["ETag"]).status_code == 200


def test_what_a_create_answers_can_be_changed_at_once(api) -> None:
    made = api.post("payers", {"name": "Lakeshore Mutual"})
    path = f"payers/{made.json()['id']}"

    assert api.get(path)["ETag"] == made["ETag"]
    assert api.patch(path, {"phone": "312-555-0100"}, If_Match=made["ETag"]).status_code == 200
