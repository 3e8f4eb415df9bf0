"""Running the deliverer in a test, until what is waited for has come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from accounts.models import WebhookDelivery
from accounts.webhooks.deliverer import Deliverer
from tests import event_loop

PATIENCE_SECONDS = 20


def deliver(until: Callable[[], bool] | None = None) -> None:
    """Until nothing waits that is due, or `until` holds; it may ask the database."""
    event_loop.run(_deliver(until or nothing_waits))


async def _deliver(until: Callable[[], bool]) -> None:
    deliverer = Deliverer()
    running = asyncio.create_task(deliverer.run())
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not running.done() and not await deliverer.database.run(until):
                await asyncio.sleep(0.02)
    finally:
        deliverer.stop()
        await running


def nothing_waits() -> bool:
    return not WebhookDelivery.objects.filter(status="pending").exists()


def attempts_made(count: int = 1) -> Callable[[], bool]:
    """Every delivery was attempted so often."""
    return lambda: not WebhookDelivery.objects.filter(attempt_count__lt=count).exists()
