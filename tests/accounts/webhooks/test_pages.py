"""Webhooks by the pages: added, tested, followed, switched, replayed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Event, WebhookDelivery, WebhookEndpoint
from accounts.webhooks import addresses, queue
from accounts.webhooks import services as webhooks
from accounts.webhooks.sending import Outcome
from tests.accounts.webhooks.test_outbox import record_event
from tests.pages import form_on, forms_on, open_form


@pytest.fixture
def client(admin) -> Client:
    client = Client()
    client.force_login(admin.user)
    return client


@pytest.fixture
def webhook(new_webhook) -> WebhookEndpoint:
    return new_webhook(description="Billing system")


@pytest.fixture
def url(admin) -> Callable[..., str]:
    return lambda name, *args: admin.url(f"accounts:{name}", *args)


def press(client: Client, page: str, action: str):
    """The button on `page` that leads to `action`."""
    (form,) = (one for one in forms_on(client.get(page)) if one.action == action)
    return form.send(client)


def test_added_with_the_secret_shown_once(client, url) -> None:
    form = open_form(client, url("webhook_new"), having="event_types")
    typed = {"url": "https://203.0.114.7/hooks", "event_types": ["patient.*", "unit.adjusted"]}

    shown = form.send(client, **typed)

    webhook = WebhookEndpoint.objects.get()
    secret = webhook.secrets.get().reveal()
    assert secret in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    again = form.send(client, **typed)
    assert again.status_code == 302
    assert WebhookEndpoint.objects.count() == 1
    assert secret not in client.get(url("webhook", webhook.pk)).content.decode()


def test_a_refused_address_comes_back_with_the_reason(client, url) -> None:
    form = open_form(client, url("webhook_new"), having="event_types")

    refused = form.send(client, url="https://169.254.169.254/", event_types=["*"])

    assert refused.status_code == 400
    assert "private or reserved network" in refused.content.decode()
    assert form_on(refused, having="url").values["url"] == "https://169.254.169.254/"
    assert form.send(client, url="https://203.0.114.7/").status_code == 422


def test_edited(client, url, webhook) -> None:
    form = open_form(client, url("webhook_edit", webhook.pk), having="event_types")
    assert form.values["event_types"] == "*"

    form.send(client, description="Data warehouse", event_types=["patient.created"])

    webhook.refresh_from_db()
    assert (webhook.description, webhook.event_types) == ("Data warehouse", ["patient.created"])


def meanwhile(monkeypatch, do) -> None:
    """Looking a name up takes seconds, in which others do something."""

    def looked_up(address: str) -> str:
        do()
        return address

    monkeypatch.setattr(addresses, "checked", looked_up)


def test_an_edit_switches_nothing_on_again(client, url, webhook, admin, monkeypatch) -> None:
    form = open_form(client, url("webhook_edit", webhook.pk), having="event_types")
    meanwhile(monkeypatch, partial(webhooks.switch, actor=admin, webhook=webhook, is_active=False))
    form.send(client, url="https://203.0.114.9/", description="Data warehouse")

    webhook.refresh_from_db()
    assert (webhook.url, webhook.description) == ("https://203.0.114.9/", "Data warehouse")
    assert not webhook.is_active
    assert Event.objects.latest("pk").details == {"fields": ["description", "url"]}


def edited(webhook, admin) -> partial:
    return partial(webhooks.update, actor=admin, webhook=webhook, event_types=["patient.*"])


def test_an_edit_takes_back_no_other(client, url, webhook, admin, monkeypatch) -> None:
    form = open_form(client, url("webhook_edit", webhook.pk), having="event_types")
    meanwhile(monkeypatch, edited(webhook, admin))
    answer = form.send(client, url="https://203.0.114.9/", description="Data warehouse")

    assert answer.status_code == 409
    assert "Data warehouse" in answer.content.decode()
    webhook.refresh_from_db()
    assert webhook.event_types == ["patient.*"]
    assert webhook.url != "https://203.0.114.9/"


def test_a_programs_edit_writes_what_it_changes_and_no_more(webhook, admin, monkeypatch) -> None:
    meanwhile(monkeypatch, edited(webhook, admin))
    seen = webhook.event_types
    given = {"url": "https://203.0.114.9/", "event_types": seen}
    webhooks.update(actor=admin, webhook=webhook, **given)

    webhook.refresh_from_db()
    assert (webhook.url, webhook.event_types) == ("https://203.0.114.9/", ["patient.*"])


def test_tested_and_the_answer_read(client, url, webhook) -> None:
    page = url("webhook", webhook.pk)
    assert press(client, page, url("webhook_test", webhook.pk)).status_code == 302
    (leased,) = queue.lease_due(1)
    queue.settle(leased, Outcome(status_code=500, response="<b>Out of order</b>"))

    listed = client.get(page).content.decode()
    delivery = WebhookDelivery.objects.get()
    read = client.get(url("webhook_delivery", delivery.pk)).content.decode()

    assert "webhook.tested" in listed
    assert "Deliveries fail" in listed
    assert "&lt;b&gt;Out of order&lt;/b&gt;" in read
    assert delivery.message in read
    replay = url("webhook_delivery_replay", delivery.pk)
    assert press(client, url("webhook_delivery", delivery.pk), replay).status_code == 302
    assert len(queue.lease_due(1)) == 1


def test_switched_off_and_on(client, url, webhook) -> None:
    page = url("webhook", webhook.pk)
    client.post(url("webhook_disable", webhook.pk))
    off = client.get(page).content.decode()
    assert "This webhook is off" in off
    assert "Switched off by an administrator" in off

    press(client, page, url("webhook_enable", webhook.pk))

    webhook.refresh_from_db()
    assert webhook.is_active


def test_rotated_and_deleted(client, url, webhook) -> None:
    form = open_form(client, url("webhook_rotate", webhook.pk), having="overlap_hours")
    assert "whsec_" in form.send(client, overlap_hours="0").content.decode()
    assert webhook.secrets.valid().count() == 1

    client.post(url("webhook_delete", webhook.pk))

    assert client.get(url("webhook", webhook.pk)).status_code == 404
    assert webhook.secrets.count() == 0


def test_replayed_since_a_time_of_the_clinic(client, url, webhook, admin) -> None:
    record_event(admin)
    (leased,) = queue.lease_due(1)
    queue.settle(leased, Outcome(status_code=200))
    form = open_form(client, url("webhook_replay", webhook.pk), having="only_undelivered")
    unchecked = {k: v for k, v in form.values.items() if k != "only_undelivered"}

    form.values = unchecked
    assert form.send(client, time="00:00").status_code == 302
    assert WebhookDelivery.objects.get().status == "pending"

    assert form.send(client, day="2020-01-01", idempotency_key="x").status_code == 400
    skipped = form.send(client, day="2026-03-08", time="02:30", idempotency_key="y")
    assert "does not exist" in skipped.content.decode()


def test_filters_of_deliveries(client, url, webhook, admin) -> None:
    record_event(admin)
    record_event(admin, "payer.created")
    page = url("webhook", webhook.pk)

    shown = client.get(page, {"event_type": "payer"}).content.decode()
    assert "payer.created" in shown
    assert "patient.updated" not in shown
    assert "patient.updated" in client.get(page, {"status": "pending"}).content.decode()
    assert "patient.updated" not in client.get(page, {"status": "parked"}).content.decode()


@pytest.mark.parametrize(("name", "expected"), [("webhooks", 5), ("webhook", 7)])
def test_query_counts(name, expected, client, url, webhook, new_webhook, admin) -> None:
    page = url(name, webhook.pk) if name == "webhook" else url(name)
    counts = []
    for more in (1, 5):
        for _ in range(more):
            record_event(admin)
            new_webhook(event_types=["payer.created"])
        client.get(page)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        counts.append(len(queries))
    assert counts == [expected, expected], [one["sql"] for one in queries]


def test_reached_from_the_settings(client, url) -> None:
    assert url("webhooks") in client.get(url("settings")).content.decode()
