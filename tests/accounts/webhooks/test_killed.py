"""The deliverer is killed in mid-delivery, again and again: everything arrives, in order."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict

import pytest
from django.conf import settings
from django.db import connection

from accounts.actor import Actor
from accounts.models import Patient, WebhookDelivery
from accounts.webhooks import deliverer
from accounts.webhooks.deliverer import Deliverer
from accounts.writes import events
from tests import factories
from tests.accounts.webhooks.delivering import deliver
from tests.accounts.webhooks.receiver import Receiver

pytestmark = pytest.mark.django_db(transaction=True)

RUN = """
import sys, django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from django.core.management import call_command
call_command("deliver_webhooks")
"""


def begin() -> int:
    """A process that delivers until it is killed."""
    connection.close()
    child = os.fork()
    if child == 0:
        asyncio.run(Deliverer().run())
        os._exit(0)
    return child


def happen(actor: Actor, patients: list[Patient]) -> list[int]:
    return [
        events.record(actor=actor, action="patient.updated", obj=one, patient=one).pk
        for one in patients
    ]


def wait_for_more(receiver: Receiver, seen: int) -> None:
    deadline = time.monotonic() + 20
    while len(receiver.requests) <= seen:
        assert time.monotonic() < deadline, "nothing more arrives"
        time.sleep(0.005)


@pytest.mark.parametrize("kills", [8, pytest.param(40, marks=pytest.mark.slow)])
def test_killed_many_times(new_webhook, admin, receiver, settings, monkeypatch, kills) -> None:
    settings.WEBHOOK_TIMEOUT_SECONDS = 0.3
    monkeypatch.setattr(deliverer, "POLL_SECONDS", 0.1)
    new_webhook(receiver.url("200"))
    patients = factories.PatientFactory.create_batch(6, organization=admin.organization)
    written = []
    for _ in range(kills):
        written += happen(admin, patients)
        seen = len(receiver.requests)
        child = begin()
        wait_for_more(receiver, seen)
        time.sleep(random.uniform(0, 0.02))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    in_flight = WebhookDelivery.objects.filter(claimed_until__isnull=False, status="pending")
    died_with = in_flight.count()

    deliver()

    arrived = [one.data["event_id"] for one in receiver.requests]
    assert set(arrived) == set(written)
    assert died_with or len(arrived) > len(set(arrived)), "no kill fell into a delivery"
    of_object = defaultdict(list)
    ids = defaultdict(set)
    for one in receiver.requests:
        of_object[one.data["object_id"]].append(one.data["event_id"])
        ids[one.data["event_id"]].add(one.id)
    for order in of_object.values():
        assert order == sorted(order), "out of order"
    assert all(len(known) == 1 for known in ids.values()), "a duplicate has another id"


def test_the_command_stops_in_order_and_releases_its_leases(new_webhook, admin, receiver) -> None:
    """Asked to stop, it lets what is on its way arrive."""
    new_webhook(receiver.url("slow"))
    patients = factories.PatientFactory.create_batch(6, organization=admin.organization)
    happen(admin, patients)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "clinic.settings.test",
        "WEBHOOK_ALLOW_PRIVATE": "true",
    }
    name = str(connection.settings_dict["NAME"])
    command = [sys.executable, "-c", RUN, name]
    with subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR) as process:
        wait_for_more(receiver, 0)
        process.terminate()
        assert process.wait(15) == 0

    assert not WebhookDelivery.objects.filter(claimed_until__isnull=False).exists()
    delivered = WebhookDelivery.objects.filter(status="delivered").count()
    assert delivered == len(receiver.requests) < 6
