"""Signatures as Standard Webhooks has them, with one secret or several."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from standardwebhooks import Webhook

from accounts.errors import Conflict, Invalid
from accounts.models import WebhookSecret
from accounts.webhooks import queue
from accounts.webhooks import services as webhooks
from accounts.webhooks.sending import Message, headers


def test_the_published_vector() -> None:
    message = Message(
        id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        url="https://receiver.example/",
        body='{"test": 2432232314}',
        secrets=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )

    sent = headers(message, datetime.fromtimestamp(1614265330, UTC))

    assert sent == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_while_a_secret_is_rotated_both_verify(new_webhook, admin) -> None:
    webhook = new_webhook()
    rotated = webhooks.rotate(actor=admin, webhook=webhook, overlap=timedelta(hours=1))
    assert rotated.secret != webhook.secret
    webhooks.test(actor=admin, webhook=webhook)

    (leased,) = queue.lease_due(1)
    sent = headers(leased.message, datetime.now(UTC))

    assert len(sent["webhook-signature"].split(" ")) == 2
    for secret in (webhook.secret, rotated.secret):
        Webhook(secret).verify(leased.message.body, sent)
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        (left,) = WebhookSecret.objects.valid()
        assert left.reveal() == rotated.secret


def test_without_an_overlap_the_secret_before_is_over_at_once(new_webhook, admin) -> None:
    webhook = new_webhook()

    rotated = webhooks.rotate(actor=admin, webhook=webhook, overlap=timedelta(0))

    assert [one.reveal() for one in WebhookSecret.objects.valid()] == [rotated.secret]


def test_so_many_secrets_are_valid_at_once_and_no_more(new_webhook, admin) -> None:
    webhook = new_webhook()
    for _ in range(webhooks.MAX_VALID_SECRETS - 1):
        webhooks.rotate(actor=admin, webhook=webhook)

    with pytest.raises(Conflict, match="5 secrets are valid already"):
        webhooks.rotate(actor=admin, webhook=webhook)
    with pytest.raises(Invalid):
        webhooks.rotate(actor=admin, webhook=webhook, overlap=timedelta(days=31))


def test_the_database_never_sees_a_secret(new_webhook, settings) -> None:
    webhook = new_webhook()
    kept = WebhookSecret.objects.get()

    assert webhook.secret.encode() not in bytes(kept.sealed)
    assert kept.reveal() == webhook.secret
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert kept.reveal() == webhook.secret


def test_a_secret_that_cannot_be_read_is_a_failure_one_sees(new_webhook, admin, settings) -> None:
    webhooks.test(actor=admin, webhook=new_webhook())
    settings.SECRET_KEY = "another"

    (leased,) = queue.lease_due(1)

    assert leased.message is None
    assert "give this webhook a new one" in leased.fault
