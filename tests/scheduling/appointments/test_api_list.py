"""Appointments found: by status, person, place and day, a page or a cursor at a time."""

from __future__ import annotations

from itertools import count

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from scheduling.appointments import cancellation
from tests import factories
from tests.api.client import ApiClient, error
from tests.api.desk import Desk
from tests.api.lists import ids, price, turned

NOW = "2026-06-10T09:00:00-05:00"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk(clinic) -> Desk:
    return Desk(clinic, units=400)


def test_filters(api, desk) -> None:
    other = {
        "patient": factories.PatientFactory(organization=desk.clinic, legal_last_name="Zhukov"),
        "practitioner": factories.PractitionerFactory(organization=desk.clinic),
        "service_code": factories.ServiceCodeFactory(organization=desk.clinic),
        "authorization": None,
    }
    mine = desk.book(desk.at(1), room=desk.room)
    late = desk.book(desk.at(2, hour=23))
    theirs = desk.book(desk.at(3), **other)
    cancellation.cancel(actor=desk.actor, appointment=theirs)
    own, gone = [mine.pk, late.pk], [theirs.pk]
    for query, found in [
        ({"status": "cancelled"}, gone),
        ({"status": "scheduled"}, own),
        ({"patient": desk.patient.pk}, own),
        ({"patient": other["patient"].pk}, gone),
        ({"practitioner": other["practitioner"].pk}, gone),
        ({"service": desk.service.pk}, own),
        ({"authorization": desk.authorization.pk}, own),
        ({"room": desk.room.pk}, [mine.pk]),
        ({"location": desk.room.location_id}, [mine.pk]),
        ({"search": "zhuk"}, gone),
        ({"search": desk.patient.mrn}, own),
        ({"first": "2026-06-12"}, [late.pk, theirs.pk]),
        ({"last": "2026-06-12"}, own),
        ({"first": "2026-06-12", "last": "2026-06-12"}, [late.pk]),
        ({"first": "2026-06-12", "status": "cancelled"}, gone),
        ({"patient": 2**62}, []),
    ]:
        assert ids(api, "appointments", **query) == found, query


@pytest.mark.parametrize(
    "query",
    [
        {"colour": "red"},
        {"q": "Moreno"},
        {"status": "lost"},
        {"patient": "x"},
        {"patient": "0"},
        {"room": str(2**64)},
        {"practitioner": "0"},
        {"first": "2026-02-30"},
        {"page_size": "201"},
        {"cursor": "", "ordering": "status"},
    ],
)
def test_what_makes_no_sense_is_refused(api, desk, query) -> None:
    answer = api.get("appointments", query)
    assert answer.status_code == 400, answer.content
    assert error(answer)["attr"] in query


def test_ordering_pages_and_cursor(api, desk) -> None:
    booked = [desk.book(desk.at(day)).pk for day in (3, 1, 2)]
    third, first, second = booked
    assert ids(api, "appointments") == [first, second, third]
    assert ids(api, "appointments", ordering="-starts_at") == [third, second, first]
    assert ids(api, "appointments", page=2, page_size=2) == [third]
    page = api.get("appointments", {"cursor": "", "page_size": 2}).json()
    assert [one["id"] for one in page["results"]] == booked[:2]
    rest = api.get(page["next"].removeprefix("http://testserver")).json()
    assert [one["id"] for one in rest["results"]] == booked[2:]
    assert rest["next"] is None


def test_ordering_turns(api, desk) -> None:
    with time_machine.travel(NOW) as traveller:
        first = desk.book(desk.at(1))
        traveller.shift(60)
        desk.book(desk.at(2))
    cancellation.cancel(actor=desk.actor, appointment=first)
    turned(api, "appointments", "starts_at", "status", "created_at")


def test_the_price_is_fixed(api, desk) -> None:
    days = count(1)
    assert price(api, "appointments", lambda: desk.book(desk.at(next(days)), room=desk.room)) == 4


def test_practitioners_find_their_own_and_their_patients(new_key, desk) -> None:
    colleague = factories.PractitionerFactory(organization=desk.clinic)
    client = ApiClient(new_key(Role.PRACTITIONER, practitioner=colleague).secret)
    theirs = desk.book()
    assert ids(client, "appointments") == []
    own = desk.book(desk.at(2), practitioner=colleague)
    assert ids(client, "appointments") == [theirs.pk, own.pk]
    assert ids(client, "appointments", practitioner=desk.practitioner.pk) == [theirs.pk]


def test_what_booking_costs(api, desk) -> None:
    api.post("appointments", desk.wanted(desk.at(1)))  # notes the key's use
    with CaptureQueriesContext(connection) as queries:
        answer = api.post("appointments", desk.wanted(desk.at(2)), Idempotency_Key="one")
    assert answer.status_code == 201
    assert cost(queries) == 15
    with CaptureQueriesContext(connection) as queries:
        again = api.post("appointments", desk.wanted(desk.at(2)), Idempotency_Key="one")
    assert again.content == answer.content
    assert cost(queries) == 2


def test_what_the_dry_run_costs(api, desk) -> None:
    api.post("appointments/preview", desk.wanted(desk.at(1)))
    with CaptureQueriesContext(connection) as queries:
        assert api.post("appointments/preview", desk.wanted(desk.at(2))).status_code == 200
    assert cost(queries) == 7


def cost(queries: CaptureQueriesContext) -> int:
    """Without savepoints, which replace transactions in tests."""
    return sum("SAVEPOINT" not in one["sql"] for one in queries)
