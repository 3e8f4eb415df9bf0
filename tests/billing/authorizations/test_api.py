"""Authorizations and their units: created, found, reserved, used, explained."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from accounts.models import Organization
from accounts.roles import Role
from billing.ledger import replay
from billing.models import Authorization, Reservation
from tests import factories
from tests.api.client import error
from tests.api.lists import ids, price, turned


@pytest.fixture
def clinic(db: None) -> Organization:
    """Now, since the ledger's entries have the database's time."""
    return factories.OrganizationFactory()


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


def new(authorization, **changes):
    return {
        "patient_id": authorization.patient_id,
        "policy_id": authorization.policy_id,
        "number": "A-2077",
        "service_code_ids": [authorization.services.get().service_code_id],
        "start_date": f"{authorization.start_date}",
        "end_date": f"{authorization.end_date}",
        "total_units": 80,
        **changes,
    }


def test_create_change_adjust_and_cancel(api, authorization) -> None:
    created = api.post("authorizations", new(authorization, cap_per_week=20, status="pending"))
    assert created.status_code == 201, created.content
    assert (created.json()["state"], created.json()["available_units"]) == ("pending", 80)
    url = f"authorizations/{created.json()['id']}"
    assert api.post(f"{url}/activate").json()["state"] == "active"
    changed = api.patch(url, {"cap_per_week": None}).json()
    assert (changed["cap_per_week"], changed["number"]) == (None, "A-2077")
    more = api.post(f"{url}/adjust", {"total_units": 90, "reason": "The payer's letter"})
    assert more.json()["available_units"] == 90
    assert api.post(f"{url}/cancel", {"reason": "Withdrawn"}).json()["state"] == "cancelled"
    over = api.patch(url, {"number": "A-2078"})
    assert (over.status_code, error(over)["code"]) == (409, "authorization_cancelled")


def test_what_creating_refuses(api, clinic, authorization) -> None:
    foreign = factories.ServiceCodeFactory()
    for changed, status, code, attr in [
        ({"number": authorization.number}, 409, "authorization_number_taken", "number"),
        ({"service_code_ids": []}, 400, "empty", "service_code_ids"),
        ({"service_code_ids": [foreign.pk]}, 400, "does_not_exist", "service_code_ids"),
        ({"end_date": "2020-01-01"}, 400, "invalid", "end_date"),
        ({"total_units": 0}, 400, "min_value", "total_units"),
        ({"total_units": "80"}, 400, "invalid", "total_units"),
        ({"cap_per_day": 0}, 400, "min_value", "cap_per_day"),
        ({"status": "cancelled"}, 400, "invalid_choice", "status"),
        ({"used_units": 3}, 400, "unknown_field", "used_units"),
    ]:
        refused = api.post("authorizations", new(authorization, **changed))
        assert (refused.status_code, error(refused)["code"]) == (status, code), changed
        assert error(refused)["attr"] == attr, changed
    other = factories.InsurancePolicyFactory(organization=clinic)
    refused = api.post("authorizations", new(authorization, policy_id=other.pk))
    assert (refused.status_code, error(refused)["attr"]) == (404, "policy_id")


def test_the_price_of_lists(api, clinic, authorization) -> None:
    service = authorization.services.get().service_code
    add = partial(factories.AuthorizationFactory, organization=clinic, service_codes=[service])
    assert price(api, "authorizations", add) == 5
    url = f"authorizations/{authorization.pk}/entries"
    assert price(api, url, partial(factories.grant_units, authorization, 1)) == 7


def test_search_filters_and_order(api, clinic, authorization) -> None:
    today = clinic.today()
    over = factories.AuthorizationFactory(
        organization=clinic,
        number="Z-9",
        units=2,
        start_date=today - timedelta(days=90),
        end_date=today - timedelta(days=1),
    )
    assert ids(api, "authorizations", search="z-9") == [over.pk]
    assert ids(api, "authorizations", search=authorization.patient.mrn) == [authorization.pk]
    assert ids(api, "authorizations", state="expired") == [over.pk]
    assert ids(api, "authorizations", payer=over.payer_id) == [over.pk]
    assert ids(api, "authorizations", patient=over.patient_id) == [over.pk]
    assert ids(api, "authorizations", ends_before=f"{today}") == [over.pk]
    assert ids(api, "authorizations", fewer_than=3) == [over.pk]
    assert ids(api, "authorizations", first=f"{today}") == [authorization.pk]
    assert ids(api, "authorizations", last=f"{over.start_date}") == [over.pk]
    day = f"{over.start_date}"
    assert ids(api, "authorizations", first=day, last=day) == [over.pk]
    turned(api, "authorizations", "end_date", "number", "available_units")
    assert ids(api, "authorizations", attention="any") == []
    Authorization.objects.filter(pk=authorization.pk).update(end_date=today)
    assert ids(api, "authorizations", attention="any") == [authorization.pk]
    assert ids(api, "authorizations", attention="ending") == [authorization.pk]
    assert ids(api, "authorizations", attention="low") == []


def test_finds_the_authorizations_usable_on_a_date_of_service(api, clinic, authorization) -> None:
    today, service = clinic.today(), authorization.services.get().service_code_id
    asked = {"patient": authorization.patient_id, "service": service, "usable_on": f"{today}"}
    assert ids(api, "authorizations", **asked) == [authorization.pk]
    later = authorization.end_date + timedelta(days=1)
    assert ids(api, "authorizations", **{**asked, "usable_on": f"{later}"}) == []
    other = factories.ServiceCodeFactory(organization=clinic)
    assert ids(api, "authorizations", **{**asked, "service": other.pk}) == []
    api.post(f"authorizations/{authorization.pk}/cancel", {"reason": "Withdrawn"})
    assert ids(api, "authorizations", **asked) == []


def test_the_entries_behind_a_figure(api, clinic, authorization) -> None:
    body = wanted(authorization) | {"source": "intake:88"}
    api.post(f"authorizations/{authorization.pk}/reserve", body)
    url = f"authorizations/{authorization.pk}/entries"
    reserve, grant = ids(api, url)
    assert ids(api, url, figure="reserved") == ids(api, url, kind="reserve") == [reserve]
    assert ids(api, url, figure="total") == [grant]
    assert ids(api, url, cursor="", kind="grant") == [grant]
    assert ids(api, url, search="intake") == [reserve]
    today, tomorrow = clinic.today(), clinic.today() + timedelta(days=1)
    assert ids(api, url, first=f"{today}", last=f"{today}") == [reserve, grant]
    assert ids(api, url, first=f"{tomorrow}") == ids(api, url, last="2020-01-01") == []
    turned(api, url, "number", "at")
    assert error(api.get(url, {"kind": "gift"}))["attr"] == "kind"
    assert error(api.get(url, {"colour": "red"}))["code"] == "unknown_parameter"


def test_another_clinics_is_not_there(api) -> None:
    stranger = factories.AuthorizationFactory()
    url = f"authorizations/{stranger.pk}"
    for part in ("", "/entries", "/balance?at=2026-01-01T00:00:00Z"):
        assert api.get(f"{url}{part}").status_code == 404, part
    assert api.patch(url, {"number": "Mine"}).status_code == 404
    for deed, sent in [
        ("activate", {}),
        ("cancel", {"reason": "Mine"}),
        ("adjust", {"total_units": 9, "reason": "Mine"}),
    ]:
        assert api.post(f"{url}/{deed}", sent).status_code == 404, deed


def test_patients_see_their_own_units(clinic, authorization, new_app) -> None:
    factories.AuthorizationFactory(organization=clinic)
    user = factories.actor(clinic, Role.PATIENT).user
    authorization.patient.user = user
    authorization.patient.save(update_fields=["user"])
    app = new_app(user)
    assert ids(app, "authorizations") == [authorization.pk]
    assert app.get(f"authorizations/{authorization.pk}/entries").status_code == 403
    assert app.post("authorizations", new(authorization)).status_code == 403


def test_an_unknown_query_parameter_is_refused(api, authorization) -> None:
    url = f"authorizations/{authorization.pk}"
    for answer in (
        api.get(url, {"colour": "red"}),
        api.get(f"{url}/entries", {"colour": "red"}),
        api.send("POST", f"{url}/cancel", {"reason": "No"}, query={"colour": "red"}),
    ):
        assert (answer.status_code, error(answer)["code"]) == (400, "unknown_parameter")
    authorization.refresh_from_db()
    assert authorization.status == "active"
