"""Deliveries are laid out by the database, in the transaction of the event."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from accounts.actor import Actor
from accounts.models import Event, WebhookDelivery
from accounts.models.outbox import INTERNAL
from accounts.webhooks import services as webhooks
from accounts.writes import bulk_insert, events, record_views
from tests import factories


def record_event(actor: Actor, action: str = "patient.updated") -> Event:
    patient = factories.PatientFactory(organization=actor.organization)
    return events.record(actor=actor, action=action, obj=patient, patient=patient)


def laid_out() -> list[str]:
    return list(WebhookDelivery.objects.order_by("id").values_list("event_type", flat=True))


@pytest.mark.parametrize(
    ("asked", "goes"),
    [
        (["*"], True),
        (["patient.*"], True),
        (["payer.*", "patient.updated"], True),
        (["patient.created"], False),
        (["payer.*"], False),
    ],
)
def test_subscribed_endpoints_get_the_event(asked, goes, new_webhook, admin) -> None:
    new_webhook(event_types=asked)

    event = record_event(admin)

    assert laid_out() == (["patient.updated"] if goes else [])
    if goes:
        delivery = WebhookDelivery.objects.get()
        assert delivery.event == event
        assert (delivery.object_type, delivery.object_id) == (event.object_type, event.object_id)


def test_what_is_internal_never_goes_out(new_webhook, admin) -> None:
    new_webhook(event_types=["*", "patient.*"])
    patient = factories.PatientFactory(organization=admin.organization)

    record_views.view(actor=admin, patient=patient)
    for action in INTERNAL:
        record_event(admin, action)

    assert laid_out() == []


def test_another_clinics_events_stay_there(new_webhook) -> None:
    new_webhook()

    record_event(factories.actor(factories.OrganizationFactory()))

    assert laid_out() == []


def test_disabled_and_deleted_endpoints_get_nothing(new_webhook, admin) -> None:
    webhooks.delete(actor=admin, webhook=new_webhook())
    webhooks.switch(actor=admin, webhook=new_webhook(), is_active=False)

    record_event(admin)

    assert laid_out() == []


def test_what_is_written_in_bulk_goes_out_too(new_webhook, admin) -> None:
    new_webhook()
    patient = factories.PatientFactory(organization=admin.organization)
    many = [
        events.describe(actor=admin, action="patient.updated", obj=patient, patient=patient)
        for _ in range(20)
    ]

    bulk_insert.insert(many[:10])
    Event.objects.bulk_create(many[10:])

    assert len(laid_out()) == 20


def test_a_test_goes_to_the_endpoint_that_is_tested(new_webhook, admin) -> None:
    tested = new_webhook(event_types=["payer.created"])
    new_webhook(event_types=["*"])

    delivery = webhooks.test(actor=admin, webhook=tested)

    assert list(WebhookDelivery.objects.all()) == [delivery]
    assert delivery.endpoint_id == tested.pk


@pytest.mark.django_db(transaction=True)
def test_nothing_goes_out_for_what_was_rolled_back(new_webhook, admin) -> None:
    new_webhook()

    with transaction.atomic():
        record_event(admin)
        assert laid_out() == ["patient.updated"]
        transaction.set_rollback(True)

    assert laid_out() == []


def test_writers_send_no_statement_more(new_webhook, admin, django_assert_num_queries) -> None:
    patient = factories.PatientFactory(organization=admin.organization)

    def record() -> None:
        events.record(actor=admin, action="patient.updated", obj=patient, patient=patient)

    with django_assert_num_queries(1):
        record()
    new_webhook()
    with django_assert_num_queries(1):
        record()


def test_without_the_trigger_nothing_would_be_laid_out(new_webhook, admin) -> None:
    """The control: it is the trigger, and nothing else, that does it."""
    new_webhook()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'pgtrigger_event_deliveries%'"
        )
        (name,) = cursor.fetchone()
        cursor.execute(f'DROP TRIGGER "{name}" ON accounts_event')

    record_event(admin)

    assert laid_out() == []
