"""Runs functions at once: real threads, each with its own connection."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from accounts.errors import DomainError

PATIENCE_SECONDS = 120
Call = Callable[[], Any]


@dataclass(frozen=True)
class Outcome:
    """What came of the calls, in their order: results, or the refusals they met."""

    each: list[Any]

    @property
    def won(self) -> list[Any]:
        return [one for one in self.each if not isinstance(one, DomainError)]

    @property
    def refused(self) -> Counter[str]:
        return Counter(one.code for one in self.each if isinstance(one, DomainError))


def race(calls: Sequence[Call]) -> Outcome:
    """Let all calls go at the same moment. Anything but a result or a DomainError is raised."""
    start = threading.Barrier(len(calls))

    def run(call: Call) -> Any:
        connection.ensure_connection()
        start.wait(PATIENCE_SECONDS)
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        futures = [threads.submit(on_own_connection, run, call) for call in calls]
        return Outcome([_outcome(future) for future in futures])


def overtake(first: Call, second: Call) -> Outcome:
    """`first` has done all but commit when `second` runs into its locks; then it commits."""
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            if settings.UNIT_LEDGER_ISOLATION == "serializable":
                _execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
            done = first()
            later = threads.submit(on_own_connection, second)
            until_someone_waits_for_us(later)
        return Outcome([done, _outcome(later)])


def until_someone_waits_for_us(later: Future[Any]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    waiting = (
        "SELECT count(*) FROM pg_locks"
        " WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
    )
    while not _execute(waiting):
        assert not later.done(), f"the second did not wait for the first: {_outcome(later)}"
        assert time.monotonic() < deadline, "the second never got as far as the lock"
        time.sleep(0.005)


def _execute(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0]) if cursor.description else 0


def on_own_connection(call: Callable[..., Any], *args: Any) -> Any:
    try:
        return call(*args)
    finally:
        connection.close()


def _outcome(future: Future[Any]) -> Any:
    try:
        return future.result(PATIENCE_SECONDS)
    except DomainError as refusal:
        return refusal
