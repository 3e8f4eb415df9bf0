"""What is wrong with one message, or with us, is an attempt of that message and of no other."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from django.utils import timezone

from accounts.models import Event, WebhookDelivery, WebhookSecret
from accounts.webhooks import queue
from accounts.webhooks import services as webhooks
from accounts.webhooks.deliverer import Deliverer
from accounts.webhooks.sending import Message, Outcome, Sender
from tests import event_loop
from tests.accounts.webhooks.delivering import attempts_made, deliver
from tests.accounts.webhooks.test_outbox import record_event

pytestmark = pytest.mark.django_db(transaction=True)


def of_a_model_that_is_gone(admin) -> Event:
    return Event.objects.create(
        organization=admin.organization,
        actor_role=admin.role,
        channel="web",
        action="patient.updated",
        object_type="accounts.renamed",
        object_id=1,
    )


def test_an_unwritable_delivery_does_not_delay_others(new_webhook, admin, receiver) -> None:
    new_webhook(receiver.url("200"))
    broken, good = of_a_model_that_is_gone(admin), record_event(admin)

    deliver(attempts_made())

    (received,) = receiver.requests
    assert received.data["event_id"] == good.pk
    delivery = WebhookDelivery.objects.get(event=broken)
    assert delivery.status == "pending"
    assert "could not be written: LookupError" in delivery.attempts.latest("pk").error
    WebhookDelivery.objects.update(started_at=timezone.now() - queue.RETRIED_FOR)
    WebhookDelivery.objects.filter(event=broken).update(next_attempt_at=timezone.now())
    deliver()
    delivery.refresh_from_db()
    assert delivery.status == "parked"


@pytest.mark.parametrize("deed", ["switch", "delete"])
def test_one_that_ends_as_it_is_leased_gets_nothing(deed, new_webhook, admin, monkeypatch) -> None:
    """Nothing unsigned, once the secrets are gone; and what waits is not held to have failed."""
    webhook = new_webhook()
    record_event(admin)
    taken = queue._taken
    deeds = {
        "switch": lambda: webhooks.switch(actor=admin, webhook=webhook, is_active=False),
        "delete": lambda: webhooks.delete(actor=admin, webhook=webhook),
    }

    def meanwhile(*args: object) -> object:
        until = taken(*args)
        deeds[deed]()
        return until

    monkeypatch.setattr(queue, "_taken", meanwhile)

    assert queue.lease_due(1) == []
    delivery = WebhookDelivery.objects.get()
    assert (delivery.status, delivery.attempt_count, delivery.failures) == ("pending", 0, 0)


def test_nothing_goes_out_unsigned(new_webhook, admin) -> None:
    new_webhook()
    record_event(admin)
    WebhookSecret.objects.update(expires_at=timezone.now())

    (leased,) = queue.lease_due(1)

    assert leased.message is None
    assert leased.fault.startswith("There is no valid signing secret")


def test_an_attempt_that_breaks_in_a_new_way_is_one_that_failed(monkeypatch) -> None:
    async def broken(*args: object) -> None:
        raise RuntimeError("nobody thought of it")

    async def sent() -> Outcome:
        async with Sender() as sender:
            return await sender.send(Message(id="msg_1", url="x", body="{}", secrets=[]))

    monkeypatch.setattr(Sender, "_exchange", broken)

    assert event_loop.run(sent()).error == "The attempt broke off: RuntimeError"


def test_after_a_stall_nothing_old_is_sent(new_webhook, admin, receiver) -> None:
    """With what is left of the lease, another could send what comes after it first."""
    new_webhook(receiver.url("200"))
    record_event(admin)
    (leased,) = queue.lease_due(1)
    late = replace(leased, begin_by=time.monotonic() - 0.1)

    async def run(lease: queue.Lease) -> None:
        deliverer = Deliverer()
        async with Sender() as sender:
            await deliverer._deliver(sender, lease)
        await deliverer.database.close()

    event_loop.run(run(late))

    assert receiver.requests == []
    (again,) = queue.lease_due(1)
    assert again.begin_by > time.monotonic()
    event_loop.run(run(again))
    assert len(receiver.requests) == 1
    assert WebhookDelivery.objects.get().attempts.count() == 1
