"""What was missed comes again, with the ids it had."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.errors import Conflict, Invalid, NotAllowed, NotFound
from accounts.models import Event, WebhookDelivery, WebhookEndpoint
from accounts.roles import Role
from accounts.tasks import sweep
from accounts.webhooks import queue
from accounts.webhooks import services as webhooks
from accounts.webhooks.sending import Outcome
from tests import factories
from tests.accounts.webhooks.test_outbox import record_event
from tests.concurrency.race import on_own_connection, until_someone_waits_for_us

GOOD, BAD = Outcome(status_code=200), Outcome(status_code=500)


def settled(outcome: Outcome) -> None:
    for leased in queue.lease_due(10):
        queue.settle(leased, outcome)


def long_ago() -> datetime:
    return timezone.now() - timedelta(days=31)


def parked(actor: Actor) -> WebhookDelivery:
    record_event(actor)
    WebhookDelivery.objects.update(started_at=timezone.now() - queue.RETRIED_FOR)
    settled(BAD)
    delivery = WebhookDelivery.objects.latest("pk")
    assert delivery.status == "parked"
    return delivery


def test_one_that_was_parked_is_sent_again(new_webhook, admin) -> None:
    new_webhook()
    delivery = parked(admin)
    before = delivery.message

    replayed = webhooks.replay(actor=admin, delivery=delivery)

    assert (replayed.status, replayed.failures) == ("pending", 0)
    (leased,) = queue.lease_due(10)
    assert leased.message.id == before
    queue.settle(leased, GOOD)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempt_count) == ("delivered", 2)


def test_all_since_an_instant(new_webhook, admin) -> None:
    webhook = new_webhook()
    with time_machine.travel(timezone.now() - timedelta(days=2)):
        record_event(admin)
    record_event(admin)
    settled(GOOD)
    webhooks.switch(actor=admin, webhook=webhook, is_active=False)
    missed = record_event(admin)
    webhooks.switch(actor=admin, webhook=webhook, is_active=True)
    yesterday = timezone.now() - timedelta(days=1)

    only_missed = webhooks.replay_since(
        actor=admin, webhook=webhook, since=yesterday, only_undelivered=True
    )

    assert only_missed.replayed == 1
    assert WebhookDelivery.objects.get(status="pending").event == missed
    settled(GOOD)
    every = webhooks.replay_since(actor=admin, webhook=webhook, since=yesterday)
    assert every.replayed == 2
    assert webhooks.replay_since(actor=admin, webhook=webhook, since=yesterday).replayed == 0


def test_too_long_ago_or_switched_off_is_refused(new_webhook, admin) -> None:
    webhook = new_webhook()
    delivery = webhooks.test(actor=admin, webhook=webhook)
    for since in (timezone.now() - timedelta(days=31), timezone.now() + timedelta(hours=1)):
        with pytest.raises(Invalid):
            webhooks.replay_since(actor=admin, webhook=webhook, since=since)
    webhooks.switch(actor=admin, webhook=webhook, is_active=False)

    for write in (
        lambda: webhooks.replay_since(actor=admin, webhook=webhook, since=timezone.now()),
        lambda: webhooks.replay(actor=admin, delivery=delivery),
        lambda: webhooks.test(actor=admin, webhook=webhook),
    ):
        with pytest.raises(Conflict, match="off"):
            write()


def test_order_is_kept_while_the_first_one_fails(new_webhook, admin) -> None:
    new_webhook()
    first = record_event(admin)
    events = [first, *(_again(admin, first) for _ in range(2))]
    other = record_event(admin)

    leased = {one.delivery_id for one in queue.lease_due(10)}

    due = WebhookDelivery.objects.filter(event__in=[first, other])
    assert leased == set(due.values_list("pk", flat=True))
    assert queue.lease_due(10) == []
    order = [*events]
    WebhookDelivery.objects.filter(event=other).update(claimed_until=None)
    for event in order:
        WebhookDelivery.objects.update(claimed_until=None)
        mine = [one for one in queue.lease_due(10) if _event_of(one) != other]
        assert [_event_of(one) for one in mine] == [event]
        queue.settle(mine[0], GOOD)


def _again(actor: Actor, event: Event) -> Event:
    found = Event.objects.get(pk=event.pk)
    found.pk = None
    found._state.adding = True
    found.save()
    return found


def _event_of(leased: queue.Lease) -> Event:
    return WebhookDelivery.objects.get(pk=leased.delivery_id).event


def test_an_expired_lease_cannot_settle_a_delivery(new_webhook, admin) -> None:
    new_webhook()
    record_event(admin)
    (late,) = queue.lease_due(10)
    WebhookDelivery.objects.update(claimed_until=timezone.now())
    (again,) = queue.lease_due(10)

    queue.settle(late, BAD)

    delivery = WebhookDelivery.objects.get()
    assert (delivery.status, delivery.failures) == ("pending", 0)
    assert delivery.claimed_until == again.until
    assert delivery.attempts.count() == 1, "what happened is kept"


def test_one_at_a_time_while_an_endpoint_fails(new_webhook, admin) -> None:
    webhook = new_webhook()
    for _ in range(6):
        record_event(admin)
    assert len(queue.lease_due(10)) == queue.MAX_DELIVERIES_PER_ENDPOINT
    WebhookDelivery.objects.update(claimed_until=None)
    webhook.first_failing_at = timezone.now()
    webhook.save()

    assert len(queue.lease_due(10)) == 1
    assert queue.lease_due(10) == []


def test_deliveries_are_swept_after_a_month(new_webhook, admin) -> None:
    new_webhook()
    record_event(admin)
    record_event(admin)
    settled(GOOD)
    old = WebhookDelivery.objects.earliest("pk")
    WebhookDelivery.objects.update(created_at=long_ago())
    WebhookDelivery.objects.filter(pk=old.pk).update(ended_at=long_ago())

    sweep(timestamp=0)

    assert not WebhookDelivery.objects.filter(pk=old.pk).exists()
    assert WebhookDelivery.objects.count() == 1, "the other one ended just now"


def test_what_waits_is_not_swept(new_webhook, admin, clinic) -> None:
    """Waiting deliveries of an endpoint disabled for two months are sent once it is enabled; of a
    deleted one, never."""
    kept, deleted = new_webhook(), new_webhook()
    record_event(admin)
    webhooks.switch(actor=admin, webhook=kept, is_active=False)
    webhooks.delete(actor=admin, webhook=deleted)
    WebhookDelivery.objects.update(created_at=long_ago())

    sweep(timestamp=0)

    assert WebhookDelivery.objects.get().endpoint == kept
    webhooks.switch(actor=admin, webhook=kept, is_active=True)
    assert len(queue.lease_due(10)) == 1


@pytest.mark.django_db(transaction=True)
def test_what_was_being_written_as_it_was_switched_on_takes_another_replay(
    new_webhook, admin
) -> None:
    webhook = new_webhook()
    webhooks.switch(actor=admin, webhook=webhook, is_active=False)
    since = timezone.now() - timedelta(hours=1)
    with ThreadPoolExecutor(1) as elsewhere, transaction.atomic():
        missed = record_event(admin)

        def switch_on_and_replay() -> int:
            try:
                webhooks.switch(actor=admin, webhook=webhook, is_active=True)
                return webhooks.replay_since(actor=admin, webhook=webhook, since=since).replayed
            finally:
                connection.close()

        assert elsewhere.submit(switch_on_and_replay).result(20) == 0

    assert webhooks.replay_since(actor=admin, webhook=webhook, since=since).replayed == 1
    assert WebhookDelivery.objects.get().event == missed


@pytest.mark.django_db(transaction=True)
def test_the_endpoint_is_locked_before_the_delivery(new_webhook, admin) -> None:
    """As a replay of many does: else each would wait for what the other has."""
    webhook = new_webhook()
    delivery = parked(admin)
    with ThreadPoolExecutor(1) as threads, transaction.atomic():
        WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=webhook.pk)
        replay = partial(webhooks.replay, actor=admin, delivery=delivery)
        later = threads.submit(on_own_connection, replay)
        until_someone_waits_for_us(later)
        free = WebhookDelivery.objects.select_for_update(no_key=True, nowait=True)
        assert free.get() == delivery
    assert later.result().status == "pending"


def test_only_administrators_of_the_clinic(new_webhook, clinic) -> None:
    webhook = new_webhook()
    for role in (Role.PRACTITIONER, Role.VIEWER):
        with pytest.raises(NotAllowed):
            webhooks.test(actor=factories.actor(clinic, role), webhook=webhook)
        with pytest.raises(NotAllowed):
            new_webhook(actor=factories.actor(clinic, role))
    elsewhere = factories.actor(factories.OrganizationFactory())
    with pytest.raises(NotFound):
        webhooks.delete(actor=elsewhere, webhook=webhook)


def test_event_types_are_those_of_the_catalogue(new_webhook) -> None:
    for event_types in (["patient.viewed"], ["nothing.*"], [], ["webhook.tested"], ["user.*x"]):
        with pytest.raises(Invalid):
            new_webhook(event_types=event_types)


def test_a_clinic_has_so_many_webhooks_and_no_more(new_webhook, monkeypatch) -> None:
    monkeypatch.setattr(webhooks, "MAX_WEBHOOKS", 1)
    new_webhook()

    with pytest.raises(Conflict, match="at most 1"):
        new_webhook()


def test_later_deliveries_are_due_with_the_first(new_webhook, admin) -> None:
    new_webhook()
    first = record_event(admin)
    second = _again(admin, first)
    (leased,) = queue.lease_due(10)

    queue.settle(leased, BAD)

    ahead, behind = WebhookDelivery.objects.order_by("event_id")
    assert ahead.next_attempt_at == behind.next_attempt_at
    WebhookDelivery.objects.update(next_attempt_at=timezone.now() + timedelta(hours=1))
    webhooks.replay(actor=admin, delivery=ahead)
    (leased,) = queue.lease_due(10)
    queue.settle(leased, GOOD)
    (leased,) = queue.lease_due(10)
    assert _event_of(leased) == second


def test_a_lease_walks_the_index_however_much_waits(new_webhook, admin) -> None:
    """Nothing is sorted or joined as a whole, also where the planner knows no figures."""
    new_webhook()
    record_event(admin)
    values = {"at_once": 4, "endpoints": [1, 2], "most": 10, "lease": queue.lease_duration()}
    plans = []
    for statement in (queue.CAPACITIES, queue.TAKE_LEASES):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(queue.BY_INDEX)
            cursor.execute(f"EXPLAIN {statement}", values)
            plans += [line for (line,) in cursor.fetchall()]
    plan = "\n".join(plans)
    assert "delivery_due" in plan
    assert "delivery_in_order" in plan
    assert "Seq Scan on accounts_webhookdelivery" not in plan
    assert "Sort" not in plan
    assert "Hash" not in plan
