"""Payers: the insurers that a clinic deals with."""

from __future__ import annotations

from functools import partial

import pytest

from accounts.roles import Role
from billing.models import Payer
from tests import factories
from tests.api.client import ApiClient, error
from tests.api.lists import ids, price, turned


@pytest.fixture
def payer(clinic):
    return factories.PayerFactory(organization=clinic, name="Lakeshore", payer_id="LM001")


def test_list_and_read_show_the_same(api, payer) -> None:
    read = api.get(f"payers/{payer.pk}")
    assert read.json()["electronic_id"] == "LM001"
    assert api.get("payers").json()["results"] == [read.json()]


def test_the_price_of_a_list(api, clinic) -> None:
    assert price(api, "payers", partial(factories.PayerFactory, organization=clinic)) == 3


def test_search_filters_and_order(api, clinic, payer) -> None:
    other = factories.PayerFactory(organization=clinic, name="Prairie", payer_id="AA")
    gone = factories.PayerFactory(organization=clinic, is_active=False)
    assert ids(api, "payers", search="lm0") == [payer.pk]
    assert ids(api, "payers", search="prairie") == [other.pk]
    assert ids(api, "payers", state="inactive") == [gone.pk]
    assert error(api.get("payers", {"q": "x"}))["code"] == "unknown_parameter"
    turned(api, "payers", "name", "electronic_id")


def test_create_change_and_take_out_of_use(api, clinic) -> None:
    created = api.post("payers", {"name": "Lakeshore", "electronic_id": "LM001"})
    assert created.status_code == 201, created.content
    url = f"payers/{created.json()['id']}"
    assert api.patch(url, {"phone": "800-555-0100"}).json()["electronic_id"] == "LM001"
    assert api.post(f"{url}/deactivate").json()["is_active"] is False
    again = api.post(f"{url}/deactivate")
    assert (again.status_code, error(again)["code"]) == (409, "payer_not_changed")
    assert api.post(f"{url}/reactivate").json()["is_active"] is True


def test_what_is_refused(api, payer) -> None:
    for sent, status, code, attr in [
        ({"name": "LAKESHORE"}, 409, "payer_exists", "name"),
        ({"name": " "}, 400, "blank", "name"),
        ({"name": "x" * 201}, 400, "max_length", "name"),
        ({"name": "Mutual\u202e"}, 400, "invalid", "name"),
        ({"name": "Mutual", "electronic_id": "x" * 41}, 400, "max_length", "electronic_id"),
        ({"name": "Mutual", "payer_id": "LM002"}, 400, "unknown_field", "payer_id"),
        ({"name": "Mutual", "is_active": False}, 400, "unknown_field", "is_active"),
        ({}, 400, "required", "name"),
    ]:
        refused = api.post("payers", sent)
        assert (refused.status_code, error(refused)["code"]) == (status, code), sent
        assert error(refused)["attr"] == attr
    assert Payer.objects.count() == 1


def test_another_clinics_is_not_there(api) -> None:
    stranger = factories.PayerFactory()
    assert api.get(f"payers/{stranger.pk}").status_code == 404
    assert api.patch(f"payers/{stranger.pk}", {"name": "Mine"}).status_code == 404
    assert api.post(f"payers/{stranger.pk}/deactivate").status_code == 404


def test_roles(new_key, clinic, payer) -> None:
    practitioner = factories.PractitionerFactory(organization=clinic)
    theirs = ApiClient(new_key(Role.PRACTITIONER, practitioner=practitioner).secret)
    assert ids(theirs, "payers") == [payer.pk]
    assert theirs.post("payers", {"name": "Mine"}).status_code == 403
    narrow = ApiClient(new_key(scopes=["catalog:read"]).secret)
    assert error(narrow.post("payers", {"name": "Mine"}))["code"] == "scope_missing"
