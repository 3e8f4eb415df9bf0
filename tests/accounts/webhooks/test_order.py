"""What happened to one object goes out in the order in which it was committed."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event as Signal
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import WebhookDelivery
from accounts.patients import services as patients
from accounts.webhooks import queue
from accounts.webhooks.sending import Outcome
from accounts.writes import events
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_SECONDS = 20


def sent() -> list[int]:
    """The deliveries that can go out now, in their order."""
    found = []
    while leased := queue.lease_due(10):
        for one in leased:
            found.append(one.delivery_id)
            queue.settle(one, Outcome(status_code=200))
    return found


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            " AND datname = current_database())"  # others wait in theirs
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize("is_by_service", [True, False])
def test_of_two_writers_at_once(is_by_service, new_webhook, admin) -> None:
    """The second begins when the first has written its event and has not committed.

    A service locks what it changes, so the second waits; the control records its event without.
    """
    new_webhook(event_types=["patient.updated"])
    patient = factories.PatientFactory(organization=admin.organization)
    has_written, may_commit = Signal(), Signal()

    def change(phone: str) -> None:
        if is_by_service:
            patients.update(actor=admin, patient=patient, phone=phone)
        else:
            events.record(actor=admin, action="patient.updated", obj=patient, patient=patient)

    def first() -> None:
        with transaction.atomic():
            change("312-555-0101")
            has_written.set()
            assert may_commit.wait(PATIENCE_SECONDS)

    def second() -> list[int]:
        assert has_written.wait(PATIENCE_SECONDS)
        change("312-555-0102")
        return sent()

    with ThreadPoolExecutor(2) as threads:
        behind, ahead = (threads.submit(closing, one) for one in (second, first))
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not behind.done() and not somebody_waits():
            assert time.monotonic() < deadline
        assert behind.done() != is_by_service
        may_commit.set()
        ahead.result(PATIENCE_SECONDS)
        order = behind.result(PATIENCE_SECONDS) + sent()

    by_event = list(WebhookDelivery.objects.order_by("event_id").values_list("pk", flat=True))
    assert len(by_event) == 2
    assert (order == by_event) == is_by_service


def closing(call: Callable[[], Any]) -> Any:
    try:
        return call()
    finally:
        connection.close()
