"""The queue of due deliveries: leased for a while, and settled by the answer.

If a process dies, its lease ends and another process may lease the delivery; so everything arrives
at least once. Deliveries about one object are sent in the order of their events.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Prefetch
from django.utils import timezone

from accounts.actor import Actor
from accounts.messages.tasks import tell_of_disabled_webhook
from accounts.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookSecret
from accounts.webhooks import catalogue, payload
from accounts.webhooks.sending import Message, Outcome
from accounts.writes import events

MAX_DELIVERIES_PER_ENDPOINT = 4  # one at a time while the endpoint fails
FIRST_PAUSE = timedelta(seconds=5)
MAX_PAUSE = timedelta(hours=6)
RETRIED_FOR = timedelta(days=3)
FAILING_FOR = timedelta(days=5)
LEASE_LOCK_KEY = 7003  # the first half of the advisory lock's key
LEASE_WAITS_MS = 1000
SETTLE_WAITS_MS = 20

Status = WebhookDelivery.Status
log = structlog.get_logger(__name__)

# Reads due rows by index, and by index the first delivery of each one's object, until one can be
# leased. The planner, which does not know that few rows are needed, would sort and join them all.
BY_INDEX = """
    SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
           set_config('enable_sort', 'off', true), set_config('enable_hashjoin', 'off', true)
"""
# Each lease counts those before it.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(%s, 0)"
# The first due delivery of endpoint `w` that is not leased and not behind an earlier one.
DUE = """
    SELECT d.id, d.next_attempt_at FROM accounts_webhookdelivery d
    WHERE d.endpoint_id = w.id AND d.status = 'pending'
        AND d.next_attempt_at <= clock_timestamp()
        AND (d.claimed_until IS NULL OR d.claimed_until <= clock_timestamp())
        AND d.event_id = (
            SELECT b.event_id FROM accounts_webhookdelivery b
            WHERE b.endpoint_id = d.endpoint_id AND b.object_type = d.object_type
                AND b.object_id = d.object_id AND b.status = 'pending'
            ORDER BY b.event_id LIMIT 1
        )
    ORDER BY d.next_attempt_at, d.event_id
    LIMIT 1
"""
CAPACITIES = f"""
    SELECT w.id, CASE WHEN w.first_failing_at IS NULL THEN %(at_once)s ELSE 1 END,
        (
            SELECT count(*) FROM accounts_webhookdelivery c
            WHERE c.endpoint_id = w.id AND c.status = 'pending'
                AND c.claimed_until > clock_timestamp()
        ),
        first.next_attempt_at
    FROM accounts_webhookendpoint w CROSS JOIN LATERAL ({DUE}) first
    WHERE w.is_active
"""
TAKE_LEASES = f"""
    WITH due AS (
        SELECT first.id FROM unnest(%(endpoints)s::bigint[]) AS w(id)
        CROSS JOIN LATERAL ({DUE} FOR UPDATE SKIP LOCKED) first
        LIMIT %(most)s
    )
    UPDATE accounts_webhookdelivery d
    SET claimed_until = clock_timestamp() + %(lease)s,
        started_at = coalesce(started_at, clock_timestamp())
    WHERE d.id = ANY (ARRAY(SELECT id FROM due))
    RETURNING d.id, d.endpoint_id, d.claimed_until
"""


class Unsendable(Exception):
    """Nothing can be sent for this row; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Lease:
    """A delivery that this process may send until `until`, with its message, or why there is none.

    `begin_by` and `over` are `time.monotonic` values of this machine: an attempt that begins after
    `begin_by` might outlast the lease, which ends at `over`.
    """

    delivery_id: int
    until: datetime
    message: Message | None
    fault: str = ""
    begin_by: float
    over: float


@dataclass
class EndpointCapacity:
    """An endpoint with due deliveries, and how many are being sent to it."""

    endpoint_id: int
    places: int
    taken: int
    oldest: datetime


def lease_duration() -> timedelta:
    """Twice the longest attempt, so that an attempt ends before another process may begin one."""
    return timedelta(seconds=2 * settings.WEBHOOK_TIMEOUT_SECONDS)


def lease_due(most: int, kept: int = 0) -> list[Lease]:
    """Lease up to `most` due deliveries; none while an earlier one about the same object waits.

    The last `kept` are reserved for endpoints without running deliveries, so that slow endpoints do
    not take all capacity.
    """
    over = time.monotonic() + lease_duration().total_seconds()
    with _waiting_at_most(LEASE_WAITS_MS) as cursor:
        cursor.execute(ONE_AT_A_TIME, [LEASE_LOCK_KEY])
        cursor.execute(BY_INDEX)
        until = _taken(cursor, most, kept)
    if not until:
        return []
    valid = Prefetch("endpoint__secrets", WebhookSecret.objects.valid(), to_attr="valid_secrets")
    # Deliveries of an endpoint that was disabled or deleted just now are not leased.
    on = WebhookDelivery.objects.filter(pk__in=until, endpoint__is_active=True)
    rows = on.order_by("event_id")
    rows = rows.select_related("endpoint", "event__organization").prefetch_related(valid)
    return [_leased(row, until[row.pk], over) for row in rows]


def _taken(cursor: Any, most: int, kept: int) -> dict[int, datetime]:
    """Endpoints in turn: the fewest running deliveries first, then the longest waiting."""
    cursor.execute(CAPACITIES, {"at_once": MAX_DELIVERIES_PER_ENDPOINT})
    capacities = sorted(
        (EndpointCapacity(*row) for row in cursor.fetchall()), key=lambda one: one.oldest
    )
    capacities_by_id = {one.endpoint_id: one for one in capacities}
    until: dict[int, datetime] = {}
    for place in range(MAX_DELIVERIES_PER_ENDPOINT):
        left = most - len(until) - (kept if place else 0)
        turn = [one.endpoint_id for one in capacities if one.taken == place < one.places]
        if left <= 0 or not turn:
            continue
        cursor.execute(TAKE_LEASES, {"endpoints": turn, "most": left, "lease": lease_duration()})
        for delivery_id, endpoint_id, ends in cursor.fetchall():
            until[delivery_id] = ends
            capacities_by_id[endpoint_id].taken += 1
    return until


def _leased(row: WebhookDelivery, until: datetime, over: float) -> Lease:
    message, fault = None, ""
    try:
        message = _message(row)
    except Unsendable as error:
        fault = str(error)
    except Exception as error:  # an error of one delivery must not delay others
        log.exception("webhook_not_written", delivery=row.pk)
        fault = f"The message could not be written: {type(error).__name__}."
    begin_by = over - settings.WEBHOOK_TIMEOUT_SECONDS
    return Lease(
        delivery_id=row.pk, until=until, message=message, fault=fault, begin_by=begin_by, over=over
    )


def _message(row: WebhookDelivery) -> Message:
    """Raises Unsendable, and whatever is wrong with the row."""
    kind = catalogue.find(row.event_type)
    if kind is None:
        raise Unsendable(f"This version does not know events of the type {row.event_type}.")
    secrets = row.endpoint.valid_secrets  # type: ignore[attr-defined]
    try:
        revealed = [secret.reveal() for secret in secrets]
    except InvalidToken as error:
        raise Unsendable(
            "The signing secret cannot be read: give this webhook a new one."
        ) from error
    if not revealed:
        raise Unsendable("There is no valid signing secret: give this webhook a new one.")
    return Message(
        id=row.message,
        url=row.endpoint.url,
        body=payload.body(kind, row.event),
        secrets=revealed,
    )


@contextmanager
def _waiting_at_most(milliseconds: int) -> Iterator[Any]:
    """A transaction with a lock timeout: all endpoints share this one thread."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{milliseconds}ms'")
        yield cursor


def release(leases: list[Lease]) -> None:
    """End these leases now: this process stops before it has sent them."""
    with _waiting_at_most(LEASE_WAITS_MS):
        for one in leases:
            _ours(one).update(claimed_until=None)


SETTLED = ("attempt_count", "failures", "claimed_until", "status", "ended_at", "next_attempt_at")


def settle(leased: Lease, outcome: Outcome) -> None:
    """Store the attempt and its outcome. After the lease has ended, only the attempt is stored.

    Raises OperationalError at once if another process has locked the delivery or its endpoint.
    """
    with _waiting_at_most(SETTLE_WAITS_MS):
        row = _ours(leased).select_for_update(no_key=True).first()
        delivery = row or WebhookDelivery.objects.filter(pk=leased.delivery_id).first()
        if delivery is None:
            return
        WebhookAttempt.objects.create(
            organization_id=delivery.organization_id,
            delivery=delivery,
            status_code=outcome.status_code,
            duration_ms=outcome.duration_ms,
            error=outcome.error,
            response=outcome.response,
        )
        if row is not None:
            _follow(row, outcome)


def _ours(leased: Lease) -> models.QuerySet[WebhookDelivery]:
    ours: models.QuerySet[WebhookDelivery] = WebhookDelivery.objects.filter(
        pk=leased.delivery_id, status=Status.PENDING, claimed_until=leased.until
    )
    return ours


def _follow(row: WebhookDelivery, outcome: Outcome) -> None:
    now = timezone.now()
    row.attempt_count += 1
    row.claimed_until = None
    if outcome.is_delivered:
        _end(row, Status.DELIVERED, now)
        healed = WebhookEndpoint.objects.filter(pk=row.endpoint_id, first_failing_at__isnull=False)
        healed.update(first_failing_at=None)
    else:
        row.failures += 1
        over = (row.started_at or now) + RETRIED_FOR
        if outcome.is_gone or now >= over:
            _end(row, Status.PARKED, now)
        else:
            row.next_attempt_at = min(now + pause(row.failures), over)
        _record_endpoint_failure(row.endpoint_id, outcome, now)
    row.save(update_fields=SETTLED)
    _reschedule_later_events(row, now)


def _reschedule_later_events(row: WebhookDelivery, now: datetime) -> None:
    """Make later deliveries about the same object due together with this one."""
    behind = WebhookDelivery.objects.filter(
        endpoint_id=row.endpoint_id,
        object_type=row.object_type,
        object_id=row.object_id,
        event_id__gt=row.event_id,
        status=Status.PENDING,
    )
    if row.next_attempt_at is not None:
        behind.update(next_attempt_at=row.next_attempt_at)
    else:
        behind.filter(next_attempt_at__gt=now).update(next_attempt_at=now)


def _end(row: WebhookDelivery, status: WebhookDelivery.Status, now: datetime) -> None:
    row.status, row.ended_at, row.next_attempt_at = status, now, None


def pause(failures: int) -> timedelta:
    """Exponential with full jitter: 5 seconds at most, then four times that, up to six hours."""
    longest = min(FIRST_PAUSE * 4 ** min(failures - 1, 10), MAX_PAUSE)
    return longest * random.random()


def _record_endpoint_failure(endpoint_id: int, outcome: Outcome, now: datetime) -> None:
    """Record since when the endpoint fails; disable it if it is gone or has failed for days."""
    endpoint = WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)
    if not endpoint.is_active:
        return
    if endpoint.first_failing_at is None:
        endpoint.first_failing_at = now
    if outcome.is_gone:
        endpoint.disabled_reason = WebhookEndpoint.Disabled.GONE
    elif now - endpoint.first_failing_at >= FAILING_FOR:
        endpoint.disabled_reason = WebhookEndpoint.Disabled.FAILING
    if endpoint.disabled_reason:
        endpoint.is_active, endpoint.disabled_at = False, now
    endpoint.save(update_fields=["first_failing_at", "disabled_reason", "is_active", "disabled_at"])
    if not endpoint.is_active:
        _tell(endpoint)


def _tell(endpoint: WebhookEndpoint) -> None:
    actor = Actor.system(endpoint.organization, channel="webhooks")
    events.record(
        actor=actor, action="webhook.disabled", obj=endpoint, reason=endpoint.disabled_reason
    )
    tell_of_disabled_webhook.defer(endpoint_id=endpoint.pk)
