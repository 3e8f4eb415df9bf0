"""Insurance policies and what payers say of them."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import ApiKey, Event
from accounts.roles import Role
from billing.models import EligibilityCheck, InsurancePolicy
from tests import factories
from tests.api.client import ApiClient, error
from tests.api.lists import ids, price, turned


@pytest.fixture
def policy(clinic):
    return factories.InsurancePolicyFactory(
        organization=clinic, member_id="W1", start_date=date(2026, 1, 1)
    )


def new(policy, **changed):
    return {
        "patient_id": policy.patient_id,
        "payer_id": policy.payer_id,
        "priority": 2,
        "member_id": "W2",
        "start_date": "2026-02-01",
        **changed,
    }


def test_list_and_read_show_the_same(api, policy) -> None:
    read = api.get(f"insurance/{policy.pk}")
    assert read.json()["member_id"] == "W1"
    assert api.get("insurance").json()["results"] == [read.json()]
    assert Event.objects.get(action="patient.viewed").patient == policy.patient


def test_the_price_of_a_list(api, clinic) -> None:
    add = partial(factories.InsurancePolicyFactory, organization=clinic)
    assert price(api, "insurance", add) == 4


def test_search_filters_and_order(api, clinic, policy) -> None:
    other = factories.InsurancePolicyFactory(
        organization=clinic,
        priority=2,
        group_number="G-77",
        start_date=date(2025, 1, 1),
        end_date=date(2025, 12, 31),
    )
    mistake = factories.InsurancePolicyFactory(organization=clinic, is_active=False)
    assert ids(api, "insurance", patient=policy.patient_id) == [policy.pk]
    assert ids(api, "insurance", payer=other.payer_id) == [other.pk]
    assert ids(api, "insurance", priority=2) == [other.pk]
    assert ids(api, "insurance", covers_on="2025-12-31") == [other.pk]
    assert ids(api, "insurance", covers_on="2026-01-01") == [policy.pk]
    assert ids(api, "insurance", ends_before="2026-01-01") == [other.pk]
    assert ids(api, "insurance", state="inactive") == [mistake.pk]
    for text in ("G-77", other.member_id, other.payer.name, other.patient.mrn):
        assert ids(api, "insurance", search=text) == [other.pk], text
    assert error(api.get("insurance", {"covers_on": "2026-02-30"}))["attr"] == "covers_on"
    turned(api, "insurance", "start_date", "end_date", "priority", "member_id")


def test_create_change_and_end(api, policy) -> None:
    created = api.post("insurance", new(policy))
    assert created.status_code == 201, created.content
    url = f"insurance/{created.json()['id']}"
    changed = api.patch(url, {"group_number": "G-77"}).json()
    assert (changed["group_number"], changed["member_id"]) == ("G-77", "W2")
    ended = api.post(f"{url}/deactivate", {"end_date": "2026-06-30"})
    assert ended.json()["end_date"] == "2026-06-30"
    early = api.post(f"{url}/deactivate", {"end_date": "2026-01-31"})
    assert (early.status_code, error(early)["attr"]) == (400, "end_date")
    assert api.patch(url, {"is_active": False}).json()["is_active"] is False


def test_what_is_refused(api, clinic, policy) -> None:
    gone = factories.PayerFactory(organization=clinic, is_active=False)
    for changed, status, code, attr in [
        ({"priority": 1}, 409, "policies_overlap", "priority"),
        ({"priority": 4}, 400, "max_value", "priority"),
        ({"payer_id": gone.pk}, 409, "payer_inactive", "payer_id"),
        ({"payer_id": factories.PayerFactory().pk}, 400, "does_not_exist", "payer_id"),
        ({"patient_id": factories.PatientFactory().pk}, 400, "does_not_exist", "patient_id"),
        ({"member_id": ""}, 400, "blank", "member_id"),
        ({"end_date": "2026-01-31"}, 400, "invalid", "end_date"),
        ({"start_date": "0001-01-01"}, 400, "invalid", "start_date"),
        ({"subscriber_relationship": "cousin"}, 400, "invalid_choice", "subscriber_relationship"),
        ({"is_active": False}, 400, "unknown_field", "is_active"),
    ]:
        refused = api.post("insurance", new(policy, **changed))
        assert (refused.status_code, error(refused)["code"]) == (status, code), changed
        assert error(refused)["attr"] == attr, changed
    assert InsurancePolicy.objects.get() == policy


def test_payer_and_cover_stay_where_authorizations_stand_on_the_policy(api, clinic, policy) -> None:
    factories.AuthorizationFactory(organization=clinic, patient=policy.patient, policy=policy)
    other = factories.PayerFactory(organization=clinic)
    refused = api.patch(f"insurance/{policy.pk}", {"payer_id": other.pk})
    assert (refused.status_code, error(refused)["code"]) == (409, "policy_in_use")
    assert (error(refused)["attr"], error(refused)["authorizations"]) == ("payer_id", 1)
    refused = api.patch(f"insurance/{policy.pk}", {"is_active": False})
    assert (refused.status_code, error(refused)["code"]) == (409, "policy_in_use")
    assert (error(refused)["attr"], error(refused)["authorizations"]) == ("is_active", 1)


def test_verify_records_the_payers_answer(api, policy) -> None:
    said = {"result": "active", "plan_name": "Choice Plus", "start_date": "2026-01-01"}
    first = api.post(f"insurance/{policy.pk}/verify", said)
    assert first.status_code == 201, first.content
    assert (first.json()["checked_by_id"], first.json()["api_key_id"]) == (
        None,
        ApiKey.objects.get().pk,
    )
    earlier = (timezone.now() - timedelta(days=3)).isoformat()
    second = api.post(f"insurance/{policy.pk}/verify", {"result": "unknown", "checked_at": earlier})
    listed = api.get(f"insurance/{policy.pk}/checks").json()
    assert listed["results"] == [first.json(), second.json()]
    assert len(api.get(f"insurance/{policy.pk}/checks", {"page_size": 1}).json()["results"]) == 1
    path, asked, told = f"insurance/{policy.pk}/checks", first.json()["id"], second.json()["id"]
    today = str(policy.organization.today())
    assert ids(api, path, result="unknown") == [told]
    assert (ids(api, path, first=today), ids(api, path, last=earlier[:10])) == ([asked], [told])
    turned(api, path, "checked_at")
    assert error(api.get(f"insurance/{policy.pk}/checks", {"colour": "red"}))["code"] == (
        "unknown_parameter"
    )


def test_what_verify_refuses(api, policy) -> None:
    url = f"insurance/{policy.pk}/verify"
    for sent, code, attr in [
        ({}, "required", "result"),
        ({"result": "maybe"}, "invalid_choice", "result"),
        ({"result": "active", "checked_at": "2999-01-01T00:00:00Z"}, "invalid", "checked_at"),
        ({"result": "active", "checked_at": "2026-01-01T00:00:00"}, "offset", "checked_at"),
        (
            {"result": "active", "start_date": "2026-02-01", "end_date": "2026-01-01"},
            "invalid",
            "end_date",
        ),
        ({"result": "active", "checked_by_id": 1}, "unknown_field", "checked_by_id"),
    ]:
        refused = api.post(url, sent)
        assert (refused.status_code, error(refused)["code"]) == (400, code), sent
        assert error(refused)["attr"] == attr, sent
    assert not EligibilityCheck.objects.exists()


def test_the_price_of_the_checks(api, policy) -> None:
    add = partial(
        EligibilityCheck.objects.create,
        organization=policy.organization,
        policy=policy,
        result="active",
    )
    assert price(api, f"insurance/{policy.pk}/checks", add) == 7


def test_another_clinics_is_not_there(api) -> None:
    stranger = factories.InsurancePolicyFactory()
    url = f"insurance/{stranger.pk}"
    assert api.get(url).status_code == 404
    assert api.get(f"{url}/checks").status_code == 404
    assert api.patch(url, {"member_id": "Mine"}).status_code == 404
    assert api.post(f"{url}/deactivate", {"end_date": "2026-06-30"}).status_code == 404
    assert api.post(f"{url}/verify", {"result": "active"}).status_code == 404


def test_roles(new_key, clinic, policy, new_app) -> None:
    practitioner = factories.PractitionerFactory(organization=clinic)
    theirs = ApiClient(new_key(Role.PRACTITIONER, practitioner=practitioner).secret)
    assert ids(theirs, "insurance") == []
    factories.CareTeamMemberFactory(
        organization=clinic, patient=policy.patient, practitioner=practitioner
    )
    assert ids(theirs, "insurance") == [policy.pk]
    assert theirs.post(f"insurance/{policy.pk}/verify", {"result": "active"}).status_code == 403
    patient = factories.actor(clinic, Role.PATIENT)
    policy.patient.user = patient.user
    policy.patient.save(update_fields=["user"])
    app = new_app(patient.user)
    assert ids(app, "insurance") == [policy.pk]
    assert app.get(f"insurance/{policy.pk}/checks").status_code == 200
    assert app.patch(f"insurance/{policy.pk}", {"member_id": "Mine"}).status_code == 403
