"""A slow endpoint does not delay others."""

from __future__ import annotations

import time
from threading import Event as Signal
from threading import Thread

import pytest
from django.db import connection, transaction

from accounts.actor import Actor
from accounts.models import WebhookDelivery, WebhookEndpoint
from accounts.webhooks import deliverer
from accounts.writes import events
from tests import factories
from tests.accounts.webhooks.delivering import deliver
from tests.accounts.webhooks.receiver import SLOW_SECONDS, Receiver
from tests.accounts.webhooks.test_outbox import record_event

pytestmark = pytest.mark.django_db(transaction=True)
COUNT = 24


def happen(actor: Actor) -> None:
    """So many events about as many patients."""
    for patient in factories.PatientFactory.create_batch(COUNT, organization=actor.organization):
        events.record(actor=actor, action="patient.updated", obj=patient, patient=patient)


def seconds_until_all_are_at(receiver: Receiver, path: str) -> float:
    began = time.monotonic()
    deliver(lambda: len(receiver.at(path)) == COUNT)
    return receiver.at(path)[-1].at - began


@pytest.mark.parametrize("slow", ["slow", "silent"])
def test_a_slow_endpoint_delays_no_other(slow, new_webhook, admin, receiver) -> None:
    new_webhook(receiver.url("200/alone"))
    happen(admin)
    alone = seconds_until_all_are_at(receiver, "200/alone")
    new_webhook(receiver.url(slow))
    new_webhook(receiver.url("200/beside"))
    happen(admin)

    beside = seconds_until_all_are_at(receiver, "200/beside")

    assert len(receiver.at(slow)) < COUNT, "the slow one would be done by now"
    # Twice the work is done meanwhile, for the first endpoint is there still.
    assert beside < 4 * alone + 0.5, f"{beside:.2f} s beside a slow one, {alone:.2f} s alone"


@pytest.mark.parametrize(("kept", "is_late"), [(2, False), (0, True)])
def test_many_slow_endpoints_delay_no_other(
    kept, is_late, new_webhook, admin, receiver, monkeypatch
) -> None:
    """They answer well and late, so none is failing. With no places kept, they take them all."""
    monkeypatch.setattr(deliverer, "MAX_CONCURRENT_DELIVERIES", 8)
    monkeypatch.setattr(deliverer, "RESERVED_DELIVERIES", kept)
    for number in range(4):
        new_webhook(receiver.url(f"slow/{number}"), event_types=["patient.*"])
    happen(admin)
    new_webhook(receiver.url("200"), event_types=["payer.*"])

    def is_told() -> bool:
        if len(receiver.requests) == 8 - kept:
            events.record(actor=admin, action="payer.created", obj=admin.organization)
        return bool(receiver.at("200"))

    deliver(is_told)

    waited = receiver.at("200")[0].at - receiver.requests[0].at
    assert (waited > SLOW_SECONDS) == is_late


def test_a_locked_endpoint_does_not_delay_others(new_webhook, admin, receiver) -> None:
    """Somebody changes the failing one, and takes their time; its outcome waits, and is kept."""
    failing = new_webhook(receiver.url("500"), event_types=["patient.*"])
    new_webhook(receiver.url("200"), event_types=["payer.*"])
    record_event(admin)
    is_locked, is_over = Signal(), Signal()

    def lock() -> None:
        with transaction.atomic():
            WebhookEndpoint.objects.select_for_update().get(pk=failing.pk)
            is_locked.set()
            is_over.wait(20)
        connection.close()

    def others_arrive() -> bool:
        if receiver.at("500") and not receiver.at("200"):
            events.record(actor=admin, action="payer.created", obj=admin.organization)
        if WebhookDelivery.objects.filter(status="delivered").exists():
            is_over.set()
        return WebhookDelivery.objects.filter(attempt_count=1).count() > 1

    holder = Thread(target=lock)
    holder.start()
    try:
        assert is_locked.wait(20)
        deliver(others_arrive)
    finally:
        is_over.set()
        holder.join()

    failing.refresh_from_db()
    assert failing.first_failing_at is not None
    assert len(receiver.at("500")) == 1, "sent again although it was only not yet noted"
