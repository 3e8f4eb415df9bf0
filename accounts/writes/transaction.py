"""The wrapper around every write: permission, transaction, isolation, retry and idempotency."""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import ParamSpec, TypeVar, cast

import structlog
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from psycopg import errors as psycopg_errors

from accounts import permissions
from accounts.actor import Actor
from accounts.errors import Busy, from_integrity_error
from accounts.writes import events, idempotency
from accounts.writes.arguments import refuse_unknown

P = ParamSpec("P")
R = TypeVar("R")

ATTEMPTS, ATTEMPTS_IN_LINE = 5, 20  # the second one under serializable isolation
FIRST_PAUSE_SECONDS, MAX_DOUBLINGS = 0.02, 4
RETRY_QUEUE = 7001  # the first half of the advisory lock's key; the clinic's id is the second
RETRIED = (psycopg_errors.SerializationFailure, psycopg_errors.DeadlockDetected)

log = structlog.get_logger(__name__)
_inside: ContextVar[bool] = ContextVar("inside_a_write", default=False)
_open: ContextVar[bool] = ContextVar("in_a_transaction_of_ours", default=False)


def write(verb: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a service function a write named `verb`; its first keyword is `actor`.

    The outermost write checks the actor's role, opens the transaction, and starts it anew after a
    serialization failure or deadlock: five attempts, exponential backoff with full jitter. With an
    `actor.idempotency_key` the second call gets the first one's result. A write called by a write
    joins it: the outer one was permitted. Under serializable isolation a clinic's writes that met
    others try again one after the other (docs/decisions/0018).

    Raises NotAllowed, KeyReused, Busy, and what the function raises.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            refuse_unknown(function, kwargs)
            if _inside.get():
                return function(*args, **kwargs)
            actor = cast(Actor, kwargs["actor"])
            permissions.require(actor.role, verb)

            def run() -> R:
                with events.together():
                    return function(*args, **kwargs)

            token = _inside.set(True)
            try:
                return in_transaction(
                    lambda: idempotency.once(verb, actor, kwargs, run), actor=actor, verb=verb
                )
            finally:
                _inside.reset(token)

        call.verb = verb  # type: ignore[attr-defined]
        return call

    return decorate


def in_transaction(function: Callable[[], R], *, actor: Actor, verb: str) -> R:
    """Run in one transaction of the configured isolation level, with retries on conflicts.

    A call inside `function` joins the transaction. Inside a transaction of other code it is a
    savepoint, and a conflict is raised instead of retried. Raises Busy, what the function raises,
    and the registered error for a constraint violation.
    """
    if _open.get():
        return function()
    attempts = ATTEMPTS_IN_LINE if _is_serializable() else ATTEMPTS
    for attempt in range(1, attempts + 1):
        try:
            with _turn(actor, attempt), transaction.atomic(), _opened():
                _isolate()
                return function()
        except DatabaseError as error:
            if isinstance(error, IntegrityError) and (refusal := from_integrity_error(error)):
                raise refusal from error
            if not is_retryable(error) or connection.in_atomic_block:
                raise
            log.info("write_retried", verb=verb, attempt=attempt)
            if attempt < attempts:
                pause = FIRST_PAUSE_SECONDS * 2 ** min(attempt, MAX_DOUBLINGS)
                time.sleep(random.uniform(0, pause))
    raise Busy("Many people are changing this at once. Nothing was written; try again.")


@contextmanager
def _opened() -> Iterator[None]:
    token = _open.set(True)
    try:
        yield
    finally:
        _open.reset(token)


def is_retryable(error: DatabaseError) -> bool:
    """Whether another attempt may succeed, since only a concurrent one was in the way."""
    cause = error.__cause__
    if isinstance(cause, psycopg_errors.UniqueViolation):
        # The same attempt was sent twice at once: a retry finds the result of the first.
        return cause.diag.constraint_name in ("idempotency_key_once", "api_answer_once")
    return isinstance(cause, RETRIED)


@contextmanager
def _turn(actor: Actor, attempt: int) -> Iterator[None]:
    """From the second serializable attempt on, run one at a time for each clinic.

    The session-level lock is taken before the transaction begins: a serializable transaction has
    its snapshot from its first statement on, so waiting inside it would be too late.
    """
    if attempt == 1 or not _is_serializable():
        yield
        return
    key = [RETRY_QUEUE, (actor.organization.pk or 0) % 2**31]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", key)
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)


def _is_serializable() -> bool:
    return bool(settings.UNIT_LEDGER_ISOLATION == "serializable")


def _isolate() -> None:
    if _is_serializable() and len(connection.atomic_blocks) == 1:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
