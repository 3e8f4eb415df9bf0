"""The process that delivers: leases due deliveries, sends them, settles them, and waits.

Everything runs in one event loop; database statements run in one separate thread.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import psycopg
import structlog
from django.db import DatabaseError, connection

from accounts.models.outbox import CHANNEL
from accounts.webhooks import queue
from accounts.webhooks.queue import Lease
from accounts.webhooks.sending import Outcome, Sender

MAX_CONCURRENT_DELIVERIES = 400
RESERVED_DELIVERIES = 100  # of these, for endpoints without a running delivery
POLL_SECONDS = 1.0  # for due retries and lost notifications
GRACE_SECONDS = 6.0
AFTER_ERROR_SECONDS = 1.0
SETTLE_AGAIN_SECONDS = 0.5

T = TypeVar("T")
log = structlog.get_logger(__name__)


class Deliverer:
    """`run` until `stop` is called; running attempts then have some seconds to end."""

    def __init__(self, *, sender: Callable[[], Sender] = Sender) -> None:
        self.database = Database()
        self._sender = sender
        self._stopping = False
        self._wake = asyncio.Event()
        self._running: dict[asyncio.Task[None], Lease] = {}

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        listener = asyncio.create_task(self._listen())
        try:
            async with self._sender() as sender:
                while not self._stopping:
                    self._wake.clear()
                    for lease in await self._lease_due():
                        self._begin(sender, lease)
                    await self._rest()
                await self._end()
        finally:
            listener.cancel()
            await self.database.close()

    async def _lease_due(self) -> list[Lease]:
        capacity = MAX_CONCURRENT_DELIVERIES - len(self._running)
        if not capacity:
            return []
        try:
            return await self.database.run(queue.lease_due, capacity, RESERVED_DELIVERIES)
        except Exception as error:  # an error of one delivery must not end the process
            log.exception("webhooks_not_leased", error=type(error).__name__)
            await asyncio.sleep(AFTER_ERROR_SECONDS)
            return []

    def _begin(self, sender: Sender, lease: Lease) -> None:
        task = asyncio.create_task(self._deliver(sender, lease))
        self._running[task] = lease
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        self._wake.set()
        if not task.cancelled() and (error := task.exception()):
            log.error("webhook_not_settled", exc_info=error)

    async def _deliver(self, sender: Sender, lease: Lease) -> None:
        if lease.message is None:
            await self._settle(lease, Outcome(error=lease.fault))
        elif time.monotonic() > lease.begin_by:
            # After a stall the lease could end during this attempt, and later events be sent first.
            log.warning("webhook_leased_too_long_ago", delivery=lease.delivery_id)
            await self.database.run(queue.release, [lease])
        else:
            await self._settle(lease, await sender.send(lease.message))

    async def _settle(self, lease: Lease, outcome: Outcome) -> None:
        """Until it is done, or the lease is over and it is sent again: at least once."""
        while True:
            try:
                return await self.database.run(queue.settle, lease, outcome)
            except DatabaseError as error:
                if time.monotonic() > lease.over:
                    log.warning("webhook_not_settled", error=type(error).__name__)
                    return None
            await asyncio.sleep(SETTLE_AGAIN_SECONDS)

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def _end(self) -> None:
        if self._running:
            await asyncio.wait(self._running, timeout=GRACE_SECONDS)
        left = dict(self._running)
        for task in left:
            task.cancel()
        await self.database.run(queue.release, list(left.values()))

    async def _listen(self) -> None:
        """Wake up when an event was written; without it the poll finds the same a little later."""
        while True:
            try:
                async with await self.database.connect() as listening:
                    await listening.execute(f"LISTEN {CHANNEL}")
                    self._wake.set()
                    async for _ in listening.notifies():
                        self._wake.set()
            except psycopg.Error as error:
                log.warning("webhooks_not_listening", error=type(error).__name__)
            await asyncio.sleep(AFTER_ERROR_SECONDS)


class Database:
    """Runs statements in one thread. Use `connection` only in that thread."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="webhook-database")

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, _with_usable_connection, function, *args)

    async def connect(self) -> psycopg.AsyncConnection[Any]:
        """One more, to listen with."""
        params = await self.run(lambda: connection.get_connection_params())
        own = {name: params[name] for name in params if name not in ("cursor_factory", "context")}
        return await psycopg.AsyncConnection.connect(**own, autocommit=True)

    async def close(self) -> None:
        await self.run(lambda: connection.close())
        self._thread.shutdown()


def _with_usable_connection(function: Callable[..., T], *args: Any) -> T:
    connection.close_if_unusable_or_obsolete()
    return function(*args)
