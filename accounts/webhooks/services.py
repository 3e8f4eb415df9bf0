"""Creates, changes, tests and deletes webhooks, rotates their secrets and replays deliveries."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypedDict, Unpack

from django.db import connection, models
from django.utils import timezone

from accounts import access, permissions
from accounts.actor import Actor
from accounts.api_keys import overlaps
from accounts.errors import Conflict, Invalid
from accounts.models import WebhookDelivery, WebhookEndpoint, WebhookSecret
from accounts.models.outbox import CHANNEL, COLUMNS, VALUES, WANTED
from accounts.models.webhook import new_secret
from accounts.webhooks import addresses, catalogue
from accounts.writes import events, fields
from accounts.writes.rows import locked, refuse_stale, tidy
from accounts.writes.transaction import write

MAX_VALID_SECRETS = 5
MAX_WEBHOOKS = 50

Status = WebhookDelivery.Status
_SWITCHED = ("disabled_reason", "disabled_at", "first_failing_at")


class WebhookFields(TypedDict, total=False):
    url: str
    event_types: list[str]
    description: str
    is_active: bool


def create(
    *, actor: Actor, url: str, event_types: list[str], description: str = ""
) -> WebhookEndpoint:
    """Create an endpoint. Its `secret` is shown only now, as an attribute of the result.

    Raises Invalid, Conflict `too_many_webhooks`.
    """
    permissions.require(actor.role, "webhook.create")
    url = addresses.checked(url)  # resolves the name, so before the transaction
    return _create(actor=actor, url=url, event_types=event_types, description=description)


@write("webhook.create")
def _create(*, actor: Actor, url: str, event_types: list[str], description: str) -> WebhookEndpoint:
    if access.webhooks(actor).count() >= MAX_WEBHOOKS:
        raise Conflict(
            f"A clinic has at most {MAX_WEBHOOKS} webhooks. Delete one first.",
            code="too_many_webhooks",
        )
    webhook = WebhookEndpoint(
        organization=actor.organization,
        url=url,
        description=description.strip(),
        event_types=_known(event_types),
        created_by=actor.user,
    )
    fields.check(webhook)
    webhook.save(force_insert=True)
    secret = _add_secret(webhook)
    events.record(actor=actor, action="webhook.created", obj=webhook)
    webhook.secret = secret  # type: ignore[attr-defined]
    return webhook


def update(
    *,
    actor: Actor,
    webhook: WebhookEndpoint,
    expected_digest: str = "",
    **details: Unpack[WebhookFields],
) -> WebhookEndpoint:
    """Change the fields that are given. Waiting deliveries go to a new address.

    `expected_digest` is of what the page showed. A value that equals that of `webhook` is no change
    (except `is_active`): checking an address takes a while, in which somebody else may have changed
    the rest. Raises NotFound, Invalid, Conflict `stale`.
    """
    permissions.require(actor.role, "webhook.update")
    if details.get("url", webhook.url) != webhook.url:
        details["url"] = addresses.checked(details["url"])
    if "event_types" in details:
        details["event_types"] = _known(details["event_types"])
    return _update(actor=actor, webhook=webhook, expected_digest=expected_digest, **details)


@write("webhook.update")
def _update(
    *,
    actor: Actor,
    webhook: WebhookEndpoint,
    expected_digest: str = "",
    **details: Unpack[WebhookFields],
) -> WebhookEndpoint:
    current = locked(access.webhooks(actor), webhook)
    wanted = tidy(details)
    is_active = wanted.pop("is_active", current.is_active)
    refuse_stale(current, wanted, expected_digest)
    wanted = {name: value for name, value in wanted.items() if value != getattr(webhook, name)}
    changed = {name for name, value in wanted.items() if value != getattr(current, name)}
    for name in changed:
        setattr(current, name, wanted[name])
    if current.is_active != is_active:
        changed |= {"is_active", *_switch(current, is_active)}
    fields.check(current)
    if changed:
        current.save(update_fields=sorted(changed))
        events.record(actor=actor, action="webhook.updated", obj=current, fields=sorted(changed))
        _wake()
    return current


@write("webhook.update")
def switch(*, actor: Actor, webhook: WebhookEndpoint, is_active: bool) -> WebhookEndpoint:
    """Enable or disable the endpoint. Raises NotFound."""
    return _update(actor=actor, webhook=webhook, is_active=is_active)


def _switch(webhook: WebhookEndpoint, is_active: bool) -> tuple[str, ...]:
    """Enabling resets its failures. Disabling keeps waiting deliveries and adds no new ones."""
    webhook.is_active = is_active
    webhook.disabled_reason = "" if is_active else WebhookEndpoint.Disabled.BY_HAND
    webhook.disabled_at = None if is_active else timezone.now()
    webhook.first_failing_at = None
    return _SWITCHED


@write("webhook.delete")
def delete(*, actor: Actor, webhook: WebhookEndpoint) -> WebhookEndpoint:
    """Stop sending and delete the secrets at once. Raises NotFound."""
    current = locked(access.webhooks(actor), webhook)
    _switch(current, is_active=False)
    current.deleted_at = timezone.now()
    current.save(update_fields=["is_active", "deleted_at", *_SWITCHED])
    current.secrets.all().delete()
    events.record(actor=actor, action="webhook.deleted", obj=current)
    return current


@write("webhook.rotate")
def rotate(
    *, actor: Actor, webhook: WebhookEndpoint, overlap: timedelta = overlaps.DEFAULT_OVERLAP
) -> WebhookEndpoint:
    """Give the endpoint a new secret, shown only now. Earlier ones sign too for `overlap`.

    Raises NotFound, Invalid, Conflict `too_many_secrets`.
    """
    overlaps.check(overlap)
    current = locked(access.webhooks(actor), webhook)
    until = timezone.now() + overlap
    valid = WebhookSecret.objects.valid().filter(endpoint=current)
    if overlap and valid.count() >= MAX_VALID_SECRETS:
        raise Conflict(
            f"{MAX_VALID_SECRETS} secrets are valid already. End them at once, by an overlap of 0 "
            "hours, or wait until one expires.",
            code="too_many_secrets",
        )
    valid.filter(expires_at=None).update(expires_at=until)
    valid.filter(expires_at__gt=until).update(expires_at=until)
    secret = _add_secret(current)
    events.record(actor=actor, action="webhook.rotated", obj=current)
    current.secret = secret
    return current


@write("webhook.test")
def test(*, actor: Actor, webhook: WebhookEndpoint) -> WebhookDelivery:
    """Send `webhook.tested` to this endpoint. Raises NotFound, Conflict `webhook_off`."""
    current = _on(actor, webhook)
    event = events.record(actor=actor, action=catalogue.TESTED, obj=current)
    events.flush()
    return access.webhook_deliveries(actor).get(event=event, endpoint=current)


@write("webhook.replay")
def replay(*, actor: Actor, delivery: WebhookDelivery) -> WebhookDelivery:
    """Send a delivery again with the same id; a waiting one is sent now.

    Raises NotFound, Conflict `webhook_off`.
    """
    webhook = _on(actor, delivery.endpoint)  # locked first, as in `replay_since`
    current = locked(access.webhook_deliveries(actor), delivery)
    _again(WebhookDelivery.objects.filter(pk=current.pk))
    events.record(actor=actor, action="webhook.replayed", obj=webhook, delivery=current.pk)
    _wake()
    return access.webhook_deliveries(actor).get(pk=current.pk)


@write("webhook.replay")
def replay_since(
    *,
    actor: Actor,
    webhook: WebhookEndpoint,
    since: datetime,
    only_undelivered: bool = False,
) -> WebhookEndpoint:
    """Send all events since an instant again, including those missed while it was disabled.

    Events that another transaction has not committed yet are not included. The result's `replayed`
    is the number of deliveries. Raises NotFound, Invalid, Conflict `webhook_off`.
    """
    now = timezone.now()
    if not now - WebhookDelivery.RETENTION <= since <= now:
        days = WebhookDelivery.RETENTION.days
        raise Invalid(f"Choose an instant within the last {days} days.", field="since")
    current = _on(actor, webhook)
    mine = WebhookDelivery.objects.filter(endpoint=current, event__at__gte=since)
    ended = mine.exclude(status=Status.PENDING)
    if only_undelivered:
        ended = ended.exclude(status=Status.DELIVERED)
    count = _again(ended) + _add_missed(current, since)
    events.record(actor=actor, action="webhook.replayed", obj=current, deliveries=count)
    _wake()
    current.replayed = count  # type: ignore[attr-defined]
    return current


def _on(actor: Actor, webhook: WebhookEndpoint) -> WebhookEndpoint:
    current = locked(access.webhooks(actor), webhook)
    if not current.is_active:
        raise Conflict("This webhook is off. Switch it on first.", code="webhook_off")
    return current


def _again(rows: models.QuerySet[WebhookDelivery]) -> int:
    return rows.update(
        status=Status.PENDING,
        failures=0,
        started_at=None,
        ended_at=None,
        next_attempt_at=timezone.now(),
    )


def _add_missed(webhook: WebhookEndpoint, since: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO accounts_webhookdelivery ({COLUMNS})
            SELECT {VALUES} FROM accounts_event e JOIN accounts_webhookendpoint w ON {WANTED}
            WHERE w.id = %s AND e.organization_id = %s AND e.at >= %s
            ON CONFLICT (endpoint_id, event_id) DO NOTHING
            """,
            [webhook.pk, webhook.organization_id, since],
        )
        return int(cursor.rowcount)


def _wake() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


def _add_secret(webhook: WebhookEndpoint) -> str:
    secret = new_secret()
    WebhookSecret.objects.create(
        organization_id=webhook.organization_id,
        endpoint=webhook,
        sealed=WebhookSecret.seal(secret),
    )
    return secret


def _known(event_types: list[str]) -> list[str]:
    """The event types, each once and in order. Raises Invalid for an unknown one."""
    chosen = sorted({name.strip() for name in event_types})
    unknown = sorted(set(chosen) - set(catalogue.patterns()))
    if unknown:
        raise Invalid(f"There are no events {', '.join(unknown)[:200]}.", field="event_types")
    if not chosen:
        raise Invalid("Choose at least one type of event.", field="event_types")
    return chosen
