"""The deliveries that are due: claimed for a while, and settled by what came back.

A claim is a lease: a process that dies leaves rows that another may claim when it is over. So
everything arrives at least once. Deliveries about one object go out in the order of their events.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Prefetch
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookSecret
from accounts.services import events
from accounts.tasks import tell_of_disabled_webhook
from accounts.webhooks import catalogue, payload
from accounts.webhooks.sending import Message, Outcome

AT_ONCE = 4  # to one endpoint; one by one while it fails
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=6)
RETRIED_FOR = timedelta(days=3)
FAILING_FOR = timedelta(days=5)

Status = WebhookDelivery.Status

# Due rows are walked by index, and of each its object's first is looked up by index, until there
# are enough. Left to itself the planner sorts and joins everything that waits: it cannot know that
# it will be told to stop.
BY_INDEX = """
    SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off;
    SET LOCAL enable_sort = off; SET LOCAL enable_hashjoin = off
"""
CLAIM = """
    WITH room AS (
        SELECT w.id, CASE WHEN w.first_failing_at IS NULL THEN %(at_once)s ELSE 1 END - (
            SELECT count(*) FROM accounts_webhookdelivery c
            WHERE c.endpoint_id = w.id AND c.status = 'pending'
                AND c.claimed_until > clock_timestamp()
        ) AS free
        FROM accounts_webhookendpoint w
        WHERE w.is_active AND EXISTS (
            SELECT FROM accounts_webhookdelivery d
            WHERE d.endpoint_id = w.id AND d.status = 'pending'
                AND d.next_attempt_at <= clock_timestamp()
        )
    ),
    due AS (
        SELECT first.id FROM room CROSS JOIN LATERAL (
            SELECT d.id FROM accounts_webhookdelivery d
            WHERE d.endpoint_id = room.id AND d.status = 'pending'
                AND d.next_attempt_at <= clock_timestamp()
                AND (d.claimed_until IS NULL OR d.claimed_until <= clock_timestamp())
                AND d.event_id = (
                    SELECT b.event_id FROM accounts_webhookdelivery b
                    WHERE b.endpoint_id = d.endpoint_id AND b.object_type = d.object_type
                        AND b.object_id = d.object_id AND b.status = 'pending'
                    ORDER BY b.event_id LIMIT 1
                )
            ORDER BY d.next_attempt_at, d.event_id
            LIMIT greatest(room.free, 0)
            FOR UPDATE SKIP LOCKED
        ) first
        LIMIT %(most)s
    )
    UPDATE accounts_webhookdelivery d
    SET claimed_until = clock_timestamp() + %(lease)s,
        started_at = coalesce(started_at, clock_timestamp())
    WHERE d.id = ANY (ARRAY(SELECT id FROM due))
    RETURNING d.id, d.claimed_until
"""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A delivery that is ours until `until`, with what goes out, or why nothing can."""

    delivery_id: int
    until: datetime
    message: Message | None
    fault: str = ""


def lease() -> timedelta:
    """Twice what an attempt may take: it is over before somebody else may begin another."""
    return timedelta(seconds=2 * settings.WEBHOOK_TIMEOUT_SECONDS)


def claim(most: int) -> list[Claim]:
    """Up to `most` deliveries that are due, none of them behind another about the same object."""
    values: dict[str, Any] = {"at_once": AT_ONCE, "most": most, "lease": lease()}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BY_INDEX)
        cursor.execute(CLAIM, values)
        until: dict[int, datetime] = dict(cursor.fetchall())
    if not until:
        return []
    valid = Prefetch("endpoint__secrets", WebhookSecret.objects.valid(), to_attr="valid_secrets")
    rows = WebhookDelivery.objects.filter(pk__in=until).order_by("event_id")
    rows = rows.select_related("endpoint", "event__organization").prefetch_related(valid)
    return [_claimed(row, until[row.pk]) for row in rows]


def _claimed(row: WebhookDelivery, until: datetime) -> Claim:
    message, fault = None, ""
    kind = catalogue.find(row.event_type)
    secrets = row.endpoint.valid_secrets  # type: ignore[attr-defined]
    if kind is None:
        fault = f"This version does not know events of the type {row.event_type}."
    else:
        try:
            message = Message(
                id=row.message,
                url=row.endpoint.url,
                body=payload.body(kind, row.event),
                secrets=[secret.reveal() for secret in secrets],
            )
        except InvalidToken:
            fault = "The signing secret cannot be read: give this webhook a new one."
    return Claim(delivery_id=row.pk, until=until, message=message, fault=fault)


def give_back(claims: list[Claim]) -> None:
    """Let others claim them at once: this process ends before their attempts did."""
    for one in claims:
        _ours(one).update(claimed_until=None)


def settle(claimed: Claim, outcome: Outcome) -> None:
    """Keep the attempt, and what follows from it. After the lease it is kept and nothing more."""
    with transaction.atomic():
        row = _ours(claimed).select_for_update(no_key=True).first()
        delivery = row or WebhookDelivery.objects.filter(pk=claimed.delivery_id).first()
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


def _ours(claimed: Claim) -> models.QuerySet[WebhookDelivery]:
    ours: models.QuerySet[WebhookDelivery] = WebhookDelivery.objects.filter(
        pk=claimed.delivery_id, status=Status.PENDING, claimed_until=claimed.until
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
        _blame(row.endpoint_id, outcome, now)
    row.save()
    _call_those_behind(row, now)


def _call_those_behind(row: WebhookDelivery, now: datetime) -> None:
    """What waits behind it about the same object: is due with it, so that nobody looks before."""
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
    longest = min(FIRST_PAUSE * 4 ** min(failures - 1, 10), LONGEST_PAUSE)
    return longest * random.random()


def _blame(endpoint_id: int, outcome: Outcome, now: datetime) -> None:
    """Note since when an endpoint fails; one that is gone, or fails for days, is switched off."""
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
