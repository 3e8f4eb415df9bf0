"""The thinnest path: a key, an authorization, its units."""

from __future__ import annotations

import pytest

from billing.models import Reservation
from billing.services import replay
from tests import factories
from tests.api.client import error


@pytest.fixture
def authorization(clinic):
    service = factories.ServiceCodeFactory(organization=clinic, code="97153")
    return factories.AuthorizationFactory(organization=clinic, service_codes=[service], units=10)


def wanted(authorization, **changes):
    return {
        "patient_id": authorization.patient_id,
        "service_code_id": authorization.services.get().service_code_id,
        "units": 4,
        "date_of_service": f"{authorization.organization.today()}",
        "source": "intake:88",
        **changes,
    }


def test_read_and_list(api, authorization) -> None:
    found = api.get(f"authorizations/{authorization.pk}")
    assert found.status_code == 200
    assert found.json()["available_units"] == 10
    listed = api.get("authorizations").json()
    assert [one["id"] for one in listed["results"]] == [authorization.pk]
    assert listed["results"][0] == found.json()


def test_reserve_consume_and_see_why(api, authorization) -> None:
    reserved = api.post(f"authorizations/{authorization.pk}/reserve", wanted(authorization))
    assert reserved.status_code == 201
    used = api.post(f"reservations/{reserved.json()['id']}/consume", {"units": 3})
    assert used.json()["state"] == "consumed"
    now = api.get(f"authorizations/{authorization.pk}").json()
    assert (now["used_units"], now["reserved_units"], now["available_units"]) == (3, 0, 7)
    entries = api.get(f"authorizations/{authorization.pk}/entries", {"page_size": 2}).json()
    assert entries["count"] == 3
    assert [one["kind"] for one in entries["results"]] == ["consume", "reserve"]
    assert replay.differences() == []


def test_refusal_has_its_figures(api, authorization) -> None:
    refused = api.post(
        f"authorizations/{authorization.pk}/reserve", wanted(authorization, units=11)
    )
    assert refused.status_code == 409
    assert refused.json()["type"] == "client_error"
    assert error(refused)["code"] == "not_enough_units"
    assert (error(refused)["needed"], error(refused)["available"]) == (11, 10)
    asked = {
        "units": 11,
        "date_of_service": f"{authorization.organization.today()}",
        "service_code_id": authorization.services.get().service_code_id,
    }
    said = api.get(f"authorizations/{authorization.pk}/availability", asked).json()
    assert said["is_available"] is False
    assert said["refusal"]["code"] == "not_enough_units"
    assert said["refusal"]["detail"] == error(refused)["detail"]


def test_a_retry_has_one_effect_and_the_same_answer(api, authorization) -> None:
    url = f"authorizations/{authorization.pk}/reserve"
    first = api.post(url, wanted(authorization), Idempotency_Key="one")
    again = api.post(url, wanted(authorization), Idempotency_Key="one")
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    other = api.post(url, wanted(authorization, units=1), Idempotency_Key="one")
    assert (other.status_code, error(other)["code"]) == (422, "idempotency_key_reused")
    authorization.refresh_from_db()
    assert authorization.reserved_units == 4


def test_a_lost_update_is_refused(api, authorization) -> None:
    url = f"authorizations/{authorization.pk}"
    read = api.get(url)
    end = f"{authorization.end_date}"
    assert api.get(url, If_None_Match=read["ETag"]).status_code == 304
    first = api.patch(url, {"number": "B-1", "end_date": end}, If_Match=read["ETag"])
    assert first.status_code == 200
    second = api.patch(url, {"number": "B-2"}, If_Match=read["ETag"])
    assert (second.status_code, error(second)["code"]) == (412, "stale")
    assert api.patch(url, {"number": "B-3"}, If_Match=first["ETag"]).json()["number"] == "B-3"


def test_balance_as_of(api, authorization) -> None:
    granted = authorization.entries.get()
    url = f"authorizations/{authorization.pk}/balance"
    assert api.get(url, {"at": granted.at.isoformat()}).json()["available"] == 10
    assert api.get(url, {"at": "2020-01-01T00:00:00Z"}).json()["entry"] == 0
    assert error(api.get(url, {"at": "2020-01-01T00:00:00"}))["code"] == "offset"


def test_unknown_is_refused(api, authorization) -> None:
    assert error(api.get("authorizations", {"colour": "red"}))["attr"] == "colour"
    body = wanted(authorization, colour="red")
    refused = api.post(f"authorizations/{authorization.pk}/reserve", body)
    assert (refused.status_code, error(refused)["attr"]) == (400, "colour")
    assert error(refused)["code"] == "unknown_field"
    assert Reservation.objects.count() == 0
