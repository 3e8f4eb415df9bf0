"""The lists, and the entries behind each number."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.authorizations import services as authorizations
from billing.ledger import services as ledger
from billing.payers import services as payers
from tests import factories
from tests.billing.addresses import READ, text_of
from tests.billing.conftest import NOW

pytestmark = pytest.mark.django_db


class TestAuthorizationList:
    @pytest.fixture(autouse=True)
    def _more(self, clinic, authorization, reserve, admin):
        reserve(18)
        other = factories.AuthorizationFactory(organization=clinic, number="Z-9", units=50)
        authorizations.cancel(actor=admin, authorization=other, reason="Withdrawn")
        factories.AuthorizationFactory(organization=clinic, number="X-5", units=50)

    def numbers(self, response: Any) -> list[str]:
        return [row.record.number for row in response.context["table"].rows]

    def test_those_in_use_come_first(self, desk, at):
        assert self.numbers(desk.get(at("authorizations"))) == ["A-1042", "X-5", "Z-9"]

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({"state": "cancelled"}, ["Z-9"]),
            ({"state": "active"}, ["A-1042", "X-5"]),
            ({"state": "exhausted"}, []),
            ({"fewer_than": "3"}, ["A-1042"]),
            ({"fewer_than": "2"}, []),
            ({"attention": "any"}, ["A-1042"]),
            ({"attention": "low"}, ["A-1042"]),
            ({"attention": "ending"}, []),
            ({"attention": "whatever"}, []),
            ({"ends_before": "2026-09-01"}, ["A-1042"]),
            ({"ends_before": "2026-08-31"}, []),
            ({"search": "1042"}, ["A-1042"]),
            ({"search": "nobody"}, []),
            # What makes no sense is said, and nothing is listed under it.
            ({"fewer_than": "1000000000"}, []),
            ({"ends_before": "soon"}, []),
            ({"payer": "999999999"}, []),
            ({"page": "-3"}, ["A-1042", "X-5", "Z-9"]),
            ({"page": "x"}, ["A-1042", "X-5", "Z-9"]),
            ({"sort": "-available"}, ["X-5", "Z-9", "A-1042"]),
            ({"sort": "password"}, ["A-1042", "X-5", "Z-9"]),
        ],
    )
    def test_filters(self, desk, at, asked, found):
        assert self.numbers(desk.get(at("authorizations"), asked)) == found

    @pytest.mark.parametrize("sort", ["number", "patient", "payer", "end_date", "state"])
    def test_sorts_both_ways(self, desk, at, sort):
        up = self.numbers(desk.get(at("authorizations"), {"sort": sort}))
        down = self.numbers(desk.get(at("authorizations"), {"sort": f"-{sort}"}))
        assert sorted(up) == sorted(down) == ["A-1042", "X-5", "Z-9"]

    def test_by_payer_service_and_patient(self, desk, at, authorization, service, patient):
        for asked in (
            {"payer": authorization.payer_id},
            {"service": service.pk},
            {"search": patient.mrn},
        ):
            assert self.numbers(desk.get(at("authorizations"), asked)) == ["A-1042"]


class TestEntries:
    def shown(self, response: Any) -> list[int]:
        return [row.record.number for row in response.context["table"].rows]

    @pytest.fixture(autouse=True)
    def _moved(self, reserve, admin):
        """2 reserved, 3 consumed of it, 4 released, 5 consumed, reversed, 6 reserved."""
        ledger.consume(actor=admin, reservation=reserve(4), units=3)  # 2, 3
        ledger.release(actor=admin, reservation=reserve(4))  # 4, 5
        wrong = reserve(5)  # 6
        ledger.consume(actor=admin, reservation=wrong, units=5)  # 7
        ledger.reverse(actor=admin, reservation=wrong, reason="Other patient")  # 8
        reserve(6)  # 9

    @pytest.mark.parametrize(
        ("figure", "numbers", "total"),
        [
            ("used", [8, 7, 3], 3),
            ("reserved", [9], 6),
            ("total", [1], 20),
            ("available", [9, 8, 7, 6, 5, 4, 3, 2, 1], 11),
        ],
    )
    def test_a_number_leads_to_the_entries_that_make_it_up(
        self, desk, at, authorization, figure, numbers, total
    ):
        link = f"{at('entries')}?figure={figure}"
        assert link in desk.get(at("authorization")).content.decode()
        response = desk.get(link)
        assert self.shown(response) == numbers
        assert f"that make up {total} {figure}" in text_of(response)

    def test_by_kind(self, desk, at):
        assert self.shown(desk.get(at("entries"), {"kind": "reserve"})) == [9, 6, 4, 2]
        nonsense = desk.get(at("entries"), {"kind": "nonsense"})
        assert nonsense.status_code == 422
        assert "Kind: Select a valid choice" in text_of(nonsense)
        assert self.shown(nonsense) == []

    def test_each_entry_shows_actor_movement_reason_and_source(self, desk, at, admin):
        page = text_of(desk.get(at("entries")))
        assert "Consumption reversed 5 Other patient" in page
        assert "−5 used" in page
        assert str(admin.user) in page
        assert "Wed 10 Jun, 09:00" in page or re.search(r"\w{3} \d+ \w{3}", page)

    def test_balance_as_of(self, desk, at, authorization):
        third = authorization.entries.get(number=3)
        then = authorization.organization.local(third.at + timedelta(minutes=1))
        asked = {"date": f"{then:%Y-%m-%d}", "time": f"{then:%H:%M}"}
        assert "6 reserved" in text_of(desk.get(at("balance"), asked))
        page = text_of(desk.get(at("balance"), {"date": "2020-01-01", "time": "12:00"}))
        assert "Nothing had been granted yet" in page

    @pytest.mark.parametrize(
        ("day", "clock", "status", "said"),
        [
            ("2026-03-08", "02:30", 400, "02:30 does not exist on 8 Mar 2026"),
            ("2026-11-01", "01:30", 400, "01:30 comes twice on 1 Nov 2026"),
            ("2026-02-30", "12:00", 422, "Enter a valid date"),
            ("2026-02-03", "25:00", 422, "Enter a valid time"),
            ("9999-12-31", "23:59", 422, "Choose a date between 1900 and 2199"),
            ("", "", 422, "This field is required"),
        ],
    )
    def test_balance_at_no_such_time(self, desk, at, day, clock, status, said):
        response = desk.get(at("balance"), {"date": day, "time": clock})
        assert response.status_code == status
        assert said in text_of(response)
        assert f'value="{day}"' in response.content.decode() or not day


class TestQueries:
    """As many for many rows as for one."""

    @pytest.mark.parametrize("name", READ)
    def test_stay_as_many(self, desk, at, name, clinic, authorization, reserve, admin, rows):
        def count() -> int:
            with rows() as found:
                assert desk.get(at(name)).status_code == 200
            return len(found)

        reserve(1)
        count()  # what is looked up once per process
        at_one = count()
        for number in range(3):
            payers.create(actor=admin, name=f"Payer of {number}")
            factories.ServiceCodeFactory(organization=clinic)
            more = factories.AuthorizationFactory(
                organization=clinic, patient=authorization.patient, policy=authorization.policy
            )
            reserve(1)
            reserve(1, authorization=more, service_code=more.services.get().service_code)
        assert count() == at_one
        assert at_one <= 20

    @pytest.fixture
    def rows(self):
        return lambda: CaptureQueriesContext(connection)


def test_the_page_is_in_the_clinics_time(desk, at, authorization, admin, reserve):
    reserve(1, expires_at=NOW + timedelta(minutes=5))
    zone = authorization.organization.zone
    entry = authorization.entries.latest("number")
    assert f"{entry.at.astimezone(zone):%H:%M}" in text_of(desk.get(at("entries")))
