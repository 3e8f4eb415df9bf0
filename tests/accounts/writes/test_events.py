from contextlib import suppress
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import BreakGlass, Event
from accounts.writes import events, record_views
from accounts.writes.transaction import write
from tests import factories

TABLES = {"accounts_event": "event", "accounts_breakglass": "break_glass"}


@pytest.fixture
def patient(clinic):
    return factories.PatientFactory(organization=clinic)


@pytest.fixture
def written(admin, patient):
    factories.BreakGlassFactory(organization=admin.organization, patient=patient, user=admin.user)
    return record_views.view(actor=admin, patient=patient)


@pytest.mark.parametrize(("table", "name"), TABLES.items())
@pytest.mark.parametrize(
    ("statement", "guard"),
    [
        ("UPDATE {} SET organization_id = organization_id", "append_only"),
        ("DELETE FROM {}", "append_only"),
        ("TRUNCATE {} CASCADE", "never_truncated"),
    ],
)
def test_the_database_refuses_to_change_what_happened(written, table, name, statement, guard):
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            cursor.execute(statement.format(table))
    assert refused.value.__cause__.diag.constraint_name == f"{name}_{guard}"
    assert Event.objects.count() == BreakGlass.objects.count() == 1


def test_an_event_records_actor_action_patient_time_and_origin(admin, patient):
    event = events.record(
        actor=admin, action="patient.created", obj=patient, patient=patient, units=4
    )
    assert (event.actor, event.actor_role, event.channel) == (admin.user, "admin", "test")
    assert (event.object_type, event.object_id) == ("accounts.patient", patient.pk)
    assert (event.patient, event.organization) == (patient, admin.organization)
    assert event.request_id == admin.request_id
    assert event.details == {"units": 4}


def test_an_event_goes_when_its_change_does(admin, patient):
    with transaction.atomic():
        record_views.view(actor=admin, patient=patient)
        transaction.set_rollback(True)
    assert not Event.objects.exists()


def test_an_event_about_another_clinics_patient_is_refused(admin, elsewhere):
    theirs = factories.PatientFactory(organization=elsewhere)
    with pytest.raises(IntegrityError, match="event_patient_same_org"), transaction.atomic():
        events.record(actor=admin, action="patient.viewed", obj=theirs, patient=theirs)


def test_each_view_of_a_record_is_an_event_and_no_other_page_writes(admin, patient, as_user):
    client = as_user(admin)
    client.get(admin.url("accounts:guardian_new", pk=patient.pk))
    client.get(admin.url("accounts:practitioners"))
    assert not Event.objects.exists()
    for _ in range(2):
        client.get(admin.url("accounts:patient", pk=patient.pk))
    assert list(Event.objects.values_list("action", flat=True)) == ["patient.viewed"] * 2
    assert Event.objects.first().address == "127.0.0.1"


def test_a_part_is_of_the_page_just_seen_and_a_view_by_itself(admin, patient):
    views = Event.objects.filter(action="patient.viewed")
    record_views.view(actor=admin, patient=patient)
    record_views.view_part(actor=admin, patient=patient)
    assert views.count() == 1
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        record_views.view_part(actor=admin, patient=patient)
        record_views.view_part(actor=factories.actor(patient.organization), patient=patient)
    assert views.count() == 3


@write("record.view")
def looked_twice(*, actor, patient, fails=False):
    """Two events, and one in between that is rolled back."""
    note(actor, patient, 1)
    with suppress(LookupError), transaction.atomic():
        note(actor, patient, 2)
        raise LookupError
    note(actor, patient, 3)
    assert not Event.objects.filter(details__number__in=[1, 3]).exists()
    if fails:
        raise LookupError


def note(actor, patient, number):
    events.record(actor=actor, action="patient.viewed", obj=patient, patient=patient, number=number)


def numbers():
    return list(Event.objects.order_by("pk").values_list("details__number", flat=True))


def test_events_of_a_write_are_inserted_together_without_rolled_back_ones(admin, patient):
    with CaptureQueriesContext(connection) as queries:
        looked_twice(actor=admin, patient=patient)
    assert numbers() == [1, 3]
    inserts = [one["sql"] for one in queries if 'INSERT INTO "accounts_event"' in one["sql"]]
    assert len(inserts) == 2  # the one that was taken back, and the two together


def test_a_write_that_fails_leaves_no_event(admin, patient):
    with pytest.raises(LookupError):
        looked_twice(actor=admin, patient=patient, fails=True)
    assert numbers() == []
