"""A slow endpoint is its own affair."""

from __future__ import annotations

import time

import pytest

from accounts.actor import Actor
from accounts.services import events
from accounts.webhooks import deliverer
from tests import factories
from tests.webhooks.delivering import deliver
from tests.webhooks.receiver import Receiver

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


def test_with_few_places_for_all_it_would(new_webhook, admin, receiver, monkeypatch) -> None:
    """The control: were the places not per endpoint, the slow one would take them."""
    monkeypatch.setattr(deliverer, "AT_ONCE", 4)
    new_webhook(receiver.url("silent"))
    new_webhook(receiver.url("200"))
    happen(admin)

    assert seconds_until_all_are_at(receiver, "200") > 1
