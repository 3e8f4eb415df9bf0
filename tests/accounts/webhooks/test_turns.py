"""The order of endpoints: fewest running deliveries first, then the longest waiting."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event as Signal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import WebhookDelivery
from accounts.webhooks import queue
from tests.accounts.webhooks.test_outbox import record_event

PATIENCE_SECONDS = 20


def endpoints_of(leases: list[queue.Lease]) -> list[int]:
    rows = WebhookDelivery.objects.filter(pk__in=[one.delivery_id for one in leases])
    return sorted(rows.values_list("endpoint_id", flat=True))


def test_everybody_has_one_before_anybody_has_two(new_webhook, admin) -> None:
    mine = [new_webhook().pk for _ in range(3)]
    for _ in range(5):
        record_event(admin)

    for _ in range(queue.MAX_DELIVERIES_PER_ENDPOINT):
        assert endpoints_of(queue.lease_due(3)) == mine
    assert queue.lease_due(3) == []


def test_the_longest_waiting_endpoint_is_first(new_webhook, admin) -> None:
    mine = [new_webhook().pk for _ in range(3)]
    record_event(admin)
    now = timezone.now()
    for hours, endpoint in enumerate([mine[1], mine[2], mine[0]]):
        WebhookDelivery.objects.filter(endpoint=endpoint).update(
            next_attempt_at=now - timedelta(hours=9 - hours)
        )

    assert [endpoints_of(queue.lease_due(1)) for _ in mine] == [[mine[1]], [mine[2]], [mine[0]]]


@pytest.mark.parametrize(("kept", "is_late"), [(2, False), (0, True)])
def test_capacity_is_reserved_for_idle_endpoints(
    kept, is_late, new_webhook, admin, settings
) -> None:
    """Slow ones that never fail take what they may; with nothing kept, that is everything."""
    slow = [new_webhook(event_types=["patient.*"]).pk for _ in range(4)]
    for _ in range(4):
        record_event(admin)
    held = queue.lease_due(8, kept)
    assert set(endpoints_of(held)) == set(slow)
    assert len(held) == 8 - kept
    quick = new_webhook(event_types=["payer.*"]).pk
    record_event(admin, "payer.created")

    leased = endpoints_of(queue.lease_due(8 - len(held), kept))

    assert (quick not in leased) == is_late


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_guarded", [True, False])
def test_two_deliverers_count_each_others(is_guarded, new_webhook, admin, monkeypatch) -> None:
    """The second leases while the first has not committed. Unguarded, it is the control."""
    if not is_guarded:
        monkeypatch.setattr(queue, "ONE_AT_A_TIME", "SELECT %s")
    endpoint = new_webhook().pk
    for _ in range(2 * queue.MAX_DELIVERIES_PER_ENDPOINT):
        record_event(admin)
    took, is_second_done = Signal(), Signal()
    take = queue._taken

    def and_wait(*args: Any) -> Any:
        found = take(*args)
        if not took.is_set():
            took.set()
            is_second_done.wait(0.3)
        return found

    def second() -> list[queue.Lease]:
        assert took.wait(PATIENCE_SECONDS)
        try:
            return closing(queue.lease_due)
        finally:
            is_second_done.set()

    monkeypatch.setattr(queue, "_taken", and_wait)
    with ThreadPoolExecutor(2) as threads:
        running = [threads.submit(closing, queue.lease_due), threads.submit(second)]
        leased = [one for each in running for one in each.result(PATIENCE_SECONDS)]

    expected = (
        queue.MAX_DELIVERIES_PER_ENDPOINT if is_guarded else 2 * queue.MAX_DELIVERIES_PER_ENDPOINT
    )
    assert Counter(endpoints_of(leased)) == {endpoint: expected}


def closing(lease: Any) -> list[queue.Lease]:
    try:
        found: list[queue.Lease] = lease(10)
        return found
    finally:
        connection.close()
