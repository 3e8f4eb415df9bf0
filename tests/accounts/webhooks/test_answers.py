"""What becomes of a delivery when a real receiver answers, or does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from accounts.actor import Actor
from accounts.models import Event, WebhookDelivery, WebhookEndpoint
from accounts.patients import services as patients
from accounts.webhooks import queue
from accounts.webhooks import services as webhooks
from tests import factories
from tests.accounts.jobs import run_jobs
from tests.accounts.webhooks.conftest import NewWebhook
from tests.accounts.webhooks.delivering import attempts_made, deliver
from tests.accounts.webhooks.receiver import Receiver

pytestmark = pytest.mark.django_db(transaction=True)


def one_delivery(webhook: WebhookEndpoint, actor: Actor) -> WebhookDelivery:
    return webhooks.test(actor=actor, webhook=webhook)


def test_a_signed_message_arrives(
    new_webhook: NewWebhook, admin: Actor, receiver: Receiver
) -> None:
    webhook = new_webhook(receiver.url("200"), event_types=["patient.*"])
    patient = patients.create(
        actor=admin,
        legal_first_name="Ada",
        legal_last_name="Moreno",
        date_of_birth=factories.PatientFactory.date_of_birth,
    )

    deliver()

    (received,) = receiver.requests
    sent = Webhook(webhook.secret).verify(received.body, received.headers)
    assert sent["type"] == "patient.created"
    assert sent["data"]["object_id"] == sent["data"]["patient_id"] == patient.pk
    assert b"Moreno" not in received.body
    assert received.headers["content-type"] == "application/json"
    delivery = WebhookDelivery.objects.get()
    assert (delivery.status, delivery.message) == ("delivered", received.id)
    attempt = delivery.attempts.get()
    assert (attempt.status_code, attempt.response, attempt.error) == (200, "Thank\ufffdyou", "")
    with pytest.raises(WebhookVerificationError):
        Webhook(webhook.secret).verify(received.body + b" ", received.headers)


@pytest.mark.parametrize(
    ("path", "status_code", "error"),
    [
        ("500", 500, ""),
        ("302", 302, ""),
        ("half", 200, "The answer broke off"),
        ("reset", None, "The answer broke off"),
        ("silent", None, "No answer within 0.5 seconds."),
        ("drip", 200, "No answer within 0.5 seconds."),
    ],
)
def test_what_failed_is_tried_again(
    path, status_code, error, new_webhook, admin, receiver, settings
) -> None:
    settings.WEBHOOK_TIMEOUT_SECONDS = 0.5
    webhook = new_webhook(receiver.url(path))
    delivery = one_delivery(webhook, admin)

    deliver(attempts_made())

    delivery.refresh_from_db()
    attempt = delivery.attempts.latest("pk")
    assert delivery.status == "pending"
    assert attempt.status_code == status_code
    assert attempt.error.startswith(error)
    assert bool(attempt.error) == bool(error)
    assert receiver.at("landed") == []
    webhook.refresh_from_db()
    assert webhook.first_failing_at is not None

    receiver.answers[path] = "200"
    WebhookDelivery.objects.update(next_attempt_at=timezone.now())
    deliver()
    delivery.refresh_from_db()
    webhook.refresh_from_db()
    assert delivery.status == "delivered"
    assert webhook.first_failing_at is None
    assert len({one.id for one in receiver.requests}) == 1, "the id stays the same"


def test_only_a_kilobyte_of_the_answer_is_kept(new_webhook, admin, receiver) -> None:
    delivery = one_delivery(new_webhook(receiver.url("long")), admin)

    deliver()

    assert delivery.attempts.get().response == "x" * 1024


def test_a_refused_connection_is_a_failure(new_webhook, admin) -> None:
    delivery = one_delivery(new_webhook("http://127.0.0.1:9/hooks"), admin)

    deliver(attempts_made())

    assert delivery.attempts.latest("pk").error.startswith("No connection")


def test_410_switches_the_endpoint_off(new_webhook, admin, receiver, mailoutbox) -> None:
    webhook = new_webhook(receiver.url("410"))
    delivery = one_delivery(webhook, admin)

    deliver(attempts_made())

    webhook.refresh_from_db()
    delivery.refresh_from_db()
    assert (webhook.is_active, webhook.disabled_reason) == (False, "gone")
    assert delivery.status == "parked"
    run_jobs()
    (mail,) = mailoutbox
    assert mail.to == [admin.user.email]
    assert webhook.url in mail.body
    assert Event.objects.filter(action="webhook.disabled", object_id=webhook.pk).count() == 1


def test_failing_for_days_disables_it_with_a_notice(
    new_webhook, admin, receiver, mailoutbox
) -> None:
    webhook = new_webhook(receiver.url("500"))
    WebhookEndpoint.objects.update(first_failing_at=timezone.now() - queue.FAILING_FOR)
    one_delivery(webhook, admin)

    deliver(attempts_made())

    webhook.refresh_from_db()
    assert (webhook.is_active, webhook.disabled_reason) == (False, "failing")
    run_jobs()
    assert len(mailoutbox) == 1


def test_parked_after_three_days(new_webhook, admin, receiver) -> None:
    delivery = one_delivery(new_webhook(receiver.url("500")), admin)
    WebhookDelivery.objects.update(started_at=timezone.now() - queue.RETRIED_FOR)

    deliver()

    delivery.refresh_from_db()
    assert (delivery.status, delivery.next_attempt_at) == ("parked", None)


def test_the_last_attempt_is_at_the_end_of_the_three_days(new_webhook, admin, receiver) -> None:
    delivery = one_delivery(new_webhook(receiver.url("500")), admin)
    began = timezone.now() - queue.RETRIED_FOR + timedelta(seconds=60)
    WebhookDelivery.objects.update(started_at=began, failures=12)

    deliver(attempts_made())

    delivery.refresh_from_db()
    assert delivery.next_attempt_at <= began + queue.RETRIED_FOR


def test_pauses_grow_with_full_jitter() -> None:
    for failures, longest in [(1, 5), (2, 20), (3, 80), (7, 20480), (8, 21600), (40, 21600)]:
        drawn = [queue.pause(failures).total_seconds() for _ in range(300)]
        assert max(drawn) <= longest
        assert max(drawn) > longest * 0.9
        assert min(drawn) < longest * 0.1


def test_an_endpoint_that_is_off_gets_nothing_and_loses_nothing(
    new_webhook, admin, receiver
) -> None:
    webhook = new_webhook(receiver.url("200"))
    one_delivery(webhook, admin)
    settings = {"url": webhook.url, "event_types": ["*"], "description": ""}
    webhooks.update(actor=admin, webhook=webhook, **settings, is_active=False)

    assert queue.lease_due(10) == []

    webhooks.update(actor=admin, webhook=webhook, **settings, is_active=True)
    deliver()
    assert len(receiver.requests) == 1
