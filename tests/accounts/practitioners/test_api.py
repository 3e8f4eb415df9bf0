"""Practitioners: listed for all staff, added and changed by administrators."""

from __future__ import annotations

from functools import partial

import pytest

from accounts.models import Practitioner
from accounts.roles import Role
from tests import factories
from tests.api.client import ApiClient, error
from tests.api.lists import ids, price, turned

NEW = {"first_name": "Robin", "last_name": "Okafor", "credential": "BCBA"}


@pytest.fixture
def practitioner(clinic):
    return factories.PractitionerFactory(organization=clinic, first_name="Zoe", last_name="Abara")


def test_list_and_read_show_the_same(api, practitioner) -> None:
    read = api.get(f"practitioners/{practitioner.pk}")
    assert read.json()["npi"] == practitioner.npi
    assert api.get("practitioners").json()["results"] == [read.json()]


def test_the_price_of_a_list(api, clinic) -> None:
    add = partial(factories.PractitionerFactory, organization=clinic)
    assert price(api, "practitioners", add) == 3


def test_search_filters_and_order(api, clinic, practitioner) -> None:
    other = factories.PractitionerFactory(organization=clinic, supervisor=practitioner)
    gone = factories.PractitionerFactory(organization=clinic, is_active=False)
    assert ids(api, "practitioners", search="aba zoe") == [practitioner.pk]
    assert ids(api, "practitioners", search=other.npi) == [other.pk]
    assert ids(api, "practitioners", supervisor=practitioner.pk) == [other.pk]
    assert ids(api, "practitioners", state="inactive") == [gone.pk]
    assert len(ids(api, "practitioners", state="all")) == 3
    assert error(api.get("practitioners", {"state": "gone"}))["attr"] == "state"
    turned(api, "practitioners", "name", "npi")


def test_create_with_supervisor_and_member(api, clinic, practitioner) -> None:
    member = factories.MembershipFactory(organization=clinic, role=Role.PRACTITIONER)
    sent = {**NEW, "supervisor_id": practitioner.pk, "user_id": member.user_id}
    answer = api.post("practitioners", sent)
    assert answer.status_code == 201, answer.content
    assert answer.json()["supervisor_id"] == practitioner.pk
    again = api.post("practitioners", {**NEW, "user_id": member.user_id})
    assert (again.status_code, error(again)["code"]) == (409, "member_is_practitioner")
    assert error(again)["attr"] == "user_id"


def test_what_is_refused(api, clinic, practitioner) -> None:
    below = factories.PractitionerFactory(organization=clinic, supervisor=practitioner)
    for changed, status, code, attr in [
        ({"npi": below.npi}, 409, "npi_taken", "npi"),
        ({"npi": "1234567890"}, 400, "invalid", "npi"),
        ({"supervisor_id": below.pk}, 400, "supervisor_loop", "supervisor_id"),
        ({"user_id": factories.UserFactory().pk}, 400, "does_not_exist", "user_id"),
        ({"hue": 8}, 400, "max_value", "hue"),
        ({"hue": "3"}, 400, "invalid", "hue"),
        ({"is_active": 1}, 400, "invalid", "is_active"),
        ({"external_id": "x"}, 400, "unknown_field", "external_id"),
    ]:
        refused = api.patch(f"practitioners/{practitioner.pk}", changed)
        assert (refused.status_code, error(refused)["code"]) == (status, code), changed
        assert error(refused)["attr"] == attr


def test_an_update_leaves_the_rest(api, practitioner) -> None:
    answer = api.patch(f"practitioners/{practitioner.pk}", {"hue": 3, "is_active": False})
    assert answer.status_code == 200, answer.content
    practitioner.refresh_from_db()
    assert (practitioner.hue, practitioner.first_name) == (3, "Zoe")
    assert not practitioner.is_active


def test_another_clinics_is_not_there(api) -> None:
    stranger = factories.PractitionerFactory()
    assert api.get(f"practitioners/{stranger.pk}").status_code == 404
    assert api.patch(f"practitioners/{stranger.pk}", {"hue": 1}).status_code == 404
    assert error(api.post("practitioners", {**NEW, "supervisor_id": stranger.pk}))["code"] == (
        "does_not_exist"
    )
    assert Practitioner.objects.count() == 1


def test_roles(new_key, clinic, practitioner, new_app) -> None:
    client = ApiClient(new_key(Role.PRACTITIONER, practitioner=practitioner).secret)
    assert ids(client, "practitioners") == [practitioner.pk]
    assert client.patch(f"practitioners/{practitioner.pk}", {"hue": 1}).status_code == 403
    patient = new_app(factories.actor(clinic, Role.PATIENT).user)
    assert patient.get("practitioners").status_code == 403
