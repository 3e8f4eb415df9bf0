"""The one way to write: permission, transaction, isolation, retry and idempotency in one place."""

from __future__ import annotations

import functools
import hashlib
import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar, cast

import structlog
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from psycopg import errors as psycopg_errors

from accounts import permissions
from accounts.actor import Actor
from accounts.errors import Busy, Conflict, KeyReused, from_integrity_error
from accounts.models import IdempotencyKey
from accounts.writes import events
from accounts.writes.arguments import refuse_unknown

P = ParamSpec("P")
R = TypeVar("R")

ATTEMPTS, ATTEMPTS_IN_LINE = 5, 20  # the second: under serializable isolation
FIRST_PAUSE_SECONDS, DOUBLINGS = 0.02, 4
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
            token = _inside.set(True)
            try:
                return _attempt(verb, actor, function, args, kwargs)
            finally:
                _inside.reset(token)

        call.verb = verb  # type: ignore[attr-defined]
        return call

    return decorate


def _attempt(
    verb: str,
    actor: Actor,
    function: Callable[..., R],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> R:
    return in_transaction(
        lambda: _once(verb, actor, function, args, kwargs), actor=actor, verb=verb
    )


def in_transaction(function: Callable[[], R], *, actor: Actor, verb: str) -> R:
    """Run in one transaction of the set isolation, anew when it met others.

    Called by what it runs, it joins. Inside somebody else's transaction it is a savepoint of that
    one, and who met others is told so. Raises Busy, what the function raises, and the domain's
    words for what the database refused.
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
                pause = FIRST_PAUSE_SECONDS * 2 ** min(attempt, DOUBLINGS)
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
    """Whether another attempt may succeed: only a concurrent write was in the way."""
    cause = error.__cause__
    if isinstance(cause, psycopg_errors.UniqueViolation):
        # The same attempt sent twice at once: the second now finds what the first left.
        return cause.diag.constraint_name in ("idempotency_key_once", "api_answer_once")
    return isinstance(cause, RETRIED)


@contextmanager
def _turn(actor: Actor, attempt: int) -> Iterator[None]:
    """From the second serializable attempt on: wait for the clinic's other second attempts.

    The lock is the session's and is taken before the transaction begins. A serializable
    transaction sees things as of its first statement: who waits inside it has lost already.
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


def _once(
    verb: str,
    actor: Actor,
    function: Callable[..., R],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> R:
    if not actor.idempotency_key or actor.user is None:
        with events.together():
            return function(*args, **kwargs)
    fingerprint = _fingerprint(verb, actor, kwargs)
    own = {"user": actor.user, "key": actor.idempotency_key}
    if earlier := IdempotencyKey.objects.filter(**own).first():
        if earlier.fingerprint != fingerprint:
            raise KeyReused(
                "This form was already sent with other entries. See what came of it; if you still "
                "mean these, send them now."
            )
        return cast(R, _kept_result(earlier))
    # Where another transaction holds the same key, this waits for its end.
    kept = IdempotencyKey.objects.create(
        organization=actor.organization, verb=verb, fingerprint=fingerprint, **own
    )
    with events.together():
        result = function(*args, **kwargs)
    if isinstance(result, models.Model):
        kept.result_model, kept.result_id = result._meta.label_lower, result.pk
        kept.save(update_fields=["result_model", "result_id"])
    return result


def _kept_result(kept: IdempotencyKey) -> models.Model | None:
    if kept.result_id is None:
        return None
    rows = apps.get_model(kept.result_model)._default_manager
    result: models.Model | None = rows.filter(pk=kept.result_id).first()
    if result is None:
        raise Conflict(
            "This was already done and then undone. Reload to try again.",
            code="taken_back",
        )
    return result


def _fingerprint(verb: str, actor: Actor, kwargs: dict[str, Any]) -> str:
    plain = {name: _plain(value) for name, value in kwargs.items() if name != "actor"}
    text = json.dumps([verb, actor.organization.pk, plain], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return f"{value._meta.label_lower}:{value.pk}"
    if isinstance(value, (list, tuple, set, frozenset, models.QuerySet)):
        return sorted(str(_plain(item)) for item in value)
    return value
