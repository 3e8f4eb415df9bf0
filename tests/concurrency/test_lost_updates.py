"""`If-Match`: of two clients that change what both have read, the second is refused."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db.models import QuerySet
from django.http import HttpResponse

from accounts.api import etags
from accounts.models import Event
from tests.api.client import error
from tests.concurrency.clinic import Clinic
from tests.concurrency.race import race
from tests.concurrency.test_api import program
from tests.concurrency.test_controls import wait_for_all


def update_at_once(clinic: Clinic, people: int, **headers: str) -> list[HttpResponse]:
    api, path = program(clinic), f"patients/{clinic.patient.pk}"
    seen = api.get(path)["ETag"]
    return race(
        [
            lambda number=number: api.patch(
                path,
                {"phone": f"312-555-01{number:02}"},
                If_Match=seen,
                **{name: f"{key} {number}" for name, key in headers.items()},
            )
            for number in range(people)
        ]
    ).each


@pytest.mark.parametrize("headers", [{}, {"Idempotency_Key": "k"}], ids=["without key", "with key"])
def test_of_updates_with_one_tag_one_wins(clinic, headers) -> None:
    answers = update_at_once(clinic, 10, **headers)
    assert sorted(one.status_code for one in answers) == [200] + [412] * 9
    assert {error(one)["code"] for one in answers if one.status_code == 412} == {"stale"}
    (won,) = (one for one in answers if one.status_code == 200)
    clinic.patient.refresh_from_db()
    assert clinic.patient.phone == won.json()["phone"]
    assert Event.objects.filter(action="patient.updated").count() == 1


@pytest.mark.parametrize("isolation", ["read committed"], indirect=True)
def test_without_the_lock_an_update_is_lost(clinic, monkeypatch) -> None:
    """The control: both have compared their tags before either writes."""
    both_have_compared, compare = threading.Barrier(2), etags.require_match

    def compare_and_wait(*args: Any) -> None:
        compare(*args)
        wait_for_all(both_have_compared)

    monkeypatch.setattr(etags, "require_match", compare_and_wait)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)
    assert [one.status_code for one in update_at_once(clinic, 2)] == [200, 200]
