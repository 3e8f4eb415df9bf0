"""The audit trail: readable by auditors, written only by the services."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from accounts.models import Event
from accounts.patients import services as patients
from accounts.roles import Role
from accounts.writes import events
from tests import factories
from tests.api.client import ApiClient, error
from tests.api.lists import ids, price, turned


@pytest.fixture
def patient(clinic):
    return factories.PatientFactory(organization=clinic)


@pytest.fixture
def event(clinic, patient):
    actor = factories.actor(clinic)
    patients.update(actor=actor, patient=patient, phone="312-555-0142")
    return Event.objects.get(action="patient.updated")


def test_list_and_read_show_the_same(api, event, patient) -> None:
    read = api.get(f"events/{event.pk}")
    assert read.json() in api.get("events").json()["results"]
    assert (read.json()["object_type"], read.json()["object_id"]) == (
        "accounts.patient",
        patient.pk,
    )
    assert read.json()["details"] == {"changes": {"phone": ["", "312-555-0142"]}}
    assert not Event.objects.filter(action="patient.viewed").exists()


def test_the_price_of_a_list(api, clinic, patient) -> None:
    actor = factories.actor(clinic)
    add = partial(events.record, actor=actor, action="x.y", obj=patient, patient=patient)
    assert price(api, "events", add, action="x.y") == 3


def test_search_filters_and_order(api, clinic, event, patient) -> None:
    assert ids(api, "events", action="patient") == [event.pk]
    assert ids(api, "events", search="updated") == [event.pk]
    assert ids(api, "events", search=event.request_id) == [event.pk]
    assert ids(api, "events", patient=patient.pk) == [event.pk]
    assert ids(api, "events", actor=event.actor_id) == [event.pk]
    assert ids(api, "events", object=f"patient {patient.pk}") == [event.pk]
    today = clinic.today()
    assert event.pk in ids(api, "events", first=f"{today}", last=f"{today}")
    assert ids(api, "events", last=f"{today - timedelta(days=1)}") == []
    done = api.patch(f"patients/{patient.pk}", {"phone": "312-555-0143"})
    assert done.status_code == 200
    by_key = Event.objects.get(api_key__isnull=False)
    assert ids(api, "events", api_key=by_key.api_key_id) == [by_key.pk]
    assert error(api.get("events", {"first": "yesterday"}))["attr"] == "first"
    turned(api, "events", "at")


def test_events_cannot_be_written(api, event) -> None:
    assert api.post("events", {}).status_code == 405
    assert api.patch(f"events/{event.pk}", {}).status_code == 405
    assert api.delete(f"events/{event.pk}").status_code == 405


def test_another_clinics_is_not_there(api) -> None:
    stranger = factories.PatientFactory()
    theirs = events.record(
        actor=factories.actor(stranger.organization), action="x.y", obj=stranger, patient=stranger
    )
    assert api.get(f"events/{theirs.pk}").status_code == 404
    assert theirs.pk not in ids(api, "events")


def test_roles(new_key, clinic, event) -> None:
    assert event.pk in ids(ApiClient(new_key(Role.VIEWER).secret), "events")
    practitioner = factories.PractitionerFactory(organization=clinic)
    theirs = ApiClient(new_key(Role.PRACTITIONER, practitioner=practitioner).secret)
    assert theirs.get("events").status_code == 403
    assert theirs.get(f"events/{event.pk}").status_code == 403
