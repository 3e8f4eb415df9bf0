"""Webhooks by the API: what pages can do, a program can."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.api_keys import services as api_keys
from accounts.models import Event, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from accounts.roles import Role
from accounts.webhooks import queue
from accounts.webhooks.sending import Outcome
from tests import factories
from tests.accounts.webhooks.test_outbox import record_event
from tests.api.client import ApiClient, error
from tests.api.lists import ids, price, turned

NEW = {"url": "https://203.0.114.7/hooks", "event_types": ["patient.*"], "description": "Billing"}


def key(admin, *scopes: str, role: Role = Role.ADMIN) -> ApiClient:
    made = api_keys.create(actor=admin, name=f"Key {role} {scopes}", role=role, scopes=list(scopes))
    return ApiClient(made.secret)


@pytest.fixture
def api(admin) -> ApiClient:
    return key(admin, "webhooks:read", "webhooks:write")


@pytest.fixture
def webhook(api) -> WebhookEndpoint:
    return WebhookEndpoint.objects.get(pk=api.post("webhooks", NEW).json()["id"])


def test_made_with_a_secret_that_is_shown_once(api) -> None:
    answer = api.post("webhooks", NEW)

    assert answer.status_code == 201
    assert answer.json()["secret"].startswith("whsec_")
    path = f"webhooks/{answer.json()['id']}"
    assert answer["Location"].endswith(f"/api/v1/{path}")
    read = api.get(path).json()
    assert read == {name: value for name, value in answer.json().items() if name != "secret"}
    assert (read["state"], read["event_types"]) == ("active", ["patient.*"])
    assert api.get("webhooks").json()["results"] == [read]


def test_a_retry_shows_the_same_secret_and_makes_one(api) -> None:
    answers = [api.post("webhooks", NEW, Idempotency_Key="once") for _ in range(2)]

    assert answers[0].content == answers[1].content
    assert WebhookEndpoint.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"url": "https://169.254.169.254/"}, "url"),
        ({"url": "https://user:secret@203.0.114.7/"}, "url"),
        ({"url": 5}, "url"),
        ({"event_types": ["patient.viewed"]}, "event_types"),
        ({"event_types": []}, "event_types"),
        ({"event_types": "*"}, "event_types"),
        ({"description": "x" * 101}, "description"),
        ({"secret": "whsec_mine"}, "secret"),
    ],
)
def test_what_is_refused_names_the_field(change, attr, api, webhook) -> None:
    for answer in (
        api.post("webhooks", {**NEW, **change}),
        api.patch(f"webhooks/{webhook.pk}", change),
    ):
        assert answer.status_code == 400
        assert error(answer)["attr"] == attr
    assert WebhookEndpoint.objects.get().url == NEW["url"]


def test_changed_switched_and_deleted(api, webhook) -> None:
    path = f"webhooks/{webhook.pk}"

    assert api.patch(path, {"event_types": ["*"]}).json()["event_types"] == ["*"]
    off = api.patch(path, {"is_active": False}).json()
    assert (off["state"], off["disabled_reason"]) == ("disabled", "by_hand")
    assert ids(api, "webhooks", state="disabled") == [webhook.pk]
    assert error(api.post(f"{path}/test"))["code"] == "webhook_off"
    assert api.patch(path, {"is_active": True}).json()["disabled_reason"] == ""
    assert ids(api, "webhooks", state="disabled") == []
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    assert api.get("webhooks").json()["count"] == 0
    written = Event.objects.filter(action__startswith="webhook.").order_by("pk")
    assert list(written.values_list("action", flat=True)) == [
        "webhook.created",
        "webhook.updated",
        "webhook.updated",
        "webhook.updated",
        "webhook.deleted",
    ]


def test_rotated(api, webhook) -> None:
    answer = api.post(f"webhooks/{webhook.pk}/rotate", {"overlap_hours": 1})

    assert answer.status_code == 200
    assert answer.json()["secret"].startswith("whsec_")
    assert webhook.secrets.filter(expires_at__isnull=False).count() == 1
    too_long = api.post(f"webhooks/{webhook.pk}/rotate", {"overlap_hours": 721})
    assert error(too_long)["attr"] == "overlap_hours"


def test_tested_and_followed(api, webhook) -> None:
    answer = api.post(f"webhooks/{webhook.pk}/test")

    assert answer.status_code == 202
    delivery = answer.json()
    assert (delivery["event_type"], delivery["status"]) == ("webhook.tested", "pending")
    (leased,) = queue.lease_due(1)
    assert leased.message.id == delivery["message_id"]
    queue.settle(leased, Outcome(status_code=503, response="Not now", duration_ms=12))
    path = f"webhook-deliveries/{delivery['id']}"
    (attempt,) = api.get(f"{path}/attempts").json()["results"]
    assert (attempt["status_code"], attempt["response"]) == (503, "Not now")
    assert api.get(path).json()["attempt_count"] == 1
    assert api.get(f"webhooks/{webhook.pk}").json()["state"] == "failing"
    again = api.post(f"{path}/replay")
    assert (again.status_code, again.json()["message_id"]) == (202, delivery["message_id"])
    assert len(queue.lease_due(1)) == 1


def test_replayed_since(api, webhook, admin) -> None:
    record_event(admin)
    (leased,) = queue.lease_due(1)
    queue.settle(leased, Outcome(status_code=200))
    since = (timezone.now() - timedelta(hours=1)).isoformat()

    path = f"webhooks/{webhook.pk}/replay"
    assert api.post(path, {"since": since, "only_undelivered": True}).json()["replayed"] == 0
    assert api.post(path, {"since": since}).json()["replayed"] == 1
    refused = api.post(path, {"since": "2020-01-01T00:00:00Z"})
    assert error(refused)["attr"] == "since"
    assert api.post(path, {"since": "yesterday"}).status_code == 400


def test_deliveries_are_found(api, webhook, admin, new_webhook) -> None:
    other = new_webhook(event_types=["payer.*"])
    first, second = record_event(admin), record_event(admin, "payer.created")
    record_event(admin)
    (leased, *_) = queue.lease_due(1)
    queue.settle(leased, Outcome(status_code=200))
    path = "webhook-deliveries"

    assert len(ids(api, path)) == 3
    assert len(ids(api, path, webhook=webhook.pk)) == 2
    assert len(ids(api, path, webhook=other.pk, event_type="payer")) == 1
    assert len(ids(api, path, status="delivered")) == 1
    tomorrow = admin.organization.today() + timedelta(days=1)
    assert ids(api, path, since=str(tomorrow)) == []
    assert len(ids(api, path, since=str(admin.organization.today()))) == 3
    today = str(admin.organization.today())
    assert len(ids(api, path, until=today)) == 3
    assert ids(api, path, until=str(admin.organization.today() - timedelta(days=1))) == []
    told = WebhookDelivery.objects.get(event=first)
    assert ids(api, path, search=told.message) == [told.pk]
    assert ids(api, path, object_id=told.object_id) == [told.pk]
    assert len(ids(api, path, search="payer created")) == 0
    assert len(ids(api, path, search="payer.created")) == 1
    assert error(api.get(path, {"status": "lost"}))["attr"] == "status"
    assert {first.pk, second.pk} < {one["event_id"] for one in api.get(path).json()["results"]}


def test_attempts_are_found(api, webhook, admin) -> None:
    record_event(admin)
    delivery = WebhookDelivery.objects.get()

    def attempt(status: int = 500) -> int:
        made = WebhookAttempt.objects.create(
            organization=admin.organization, delivery=delivery, status_code=status, duration_ms=9
        )
        return made.pk

    path = f"webhook-deliveries/{delivery.pk}/attempts"
    failed, delivered = attempt(), attempt(204)
    WebhookAttempt.objects.filter(pk=delivered).update(duration_ms=8)
    assert (ids(api, path, outcome="failed"), ids(api, path, outcome="delivered")) == (
        [failed],
        [delivered],
    )
    today = str(admin.organization.today())
    assert ids(api, path, first=today, last=today) == [delivered, failed]
    assert ids(api, path, last="2020-01-01") == []
    turned(api, path, "at", "duration_ms")
    assert price(api, path, attempt) == 4


def test_the_price_of_lists(api, webhook, admin, new_webhook) -> None:
    assert price(api, "webhooks", new_webhook) == 3
    WebhookEndpoint.objects.exclude(pk=webhook.pk).delete()
    assert price(api, "webhook-deliveries", lambda: record_event(admin)) == 3
    oldest = WebhookDelivery.objects.earliest("pk")
    oldest.created_at -= timedelta(hours=1)
    oldest.save()
    turned(api, "webhook-deliveries", "created_at")
    new_webhook("https://203.0.114.8/")
    turned(api, "webhooks", "url", "created_at")


def test_scopes_roles_and_clinics(api, webhook, admin) -> None:
    path = f"webhooks/{webhook.pk}"
    reader = key(admin, "webhooks:read")
    assert reader.get(path).status_code == 200
    assert error(reader.post("webhooks", NEW))["code"] == "scope_missing"
    viewer = key(admin, "webhooks:read", "webhooks:write", role=Role.VIEWER)
    assert viewer.get("webhooks").status_code == 403
    assert viewer.post("webhooks", NEW).status_code == 403
    stranger = factories.actor(factories.OrganizationFactory())
    elsewhere = key(stranger, "webhooks:read", "webhooks:write")
    assert elsewhere.get(path).status_code == 404
    assert elsewhere.post(f"{path}/test").status_code == 404
    assert elsewhere.get("webhooks").json()["count"] == 0
