"""Service codes: what the clinic renders, and how its minutes become units."""

from __future__ import annotations

from functools import partial

import pytest

from accounts.roles import Role
from billing.models import Rounding
from tests import factories
from tests.api.client import ApiClient, error
from tests.api.lists import ids, price, turned

NEW = {"code": "97155", "label": "Protocol modification"}


@pytest.fixture
def service(clinic):
    return factories.ServiceCodeFactory(
        organization=clinic, code="97153", label="Treatment", modifiers=["HM"]
    )


def test_list_and_read_show_the_same(api, service) -> None:
    read = api.get(f"service-codes/{service.pk}")
    assert (read.json()["default_rate"], read.json()["modifiers"]) == ("18.50", ["HM"])
    assert api.get("service-codes").json()["results"] == [read.json()]


def test_the_price_of_a_list(api, clinic) -> None:
    add = partial(factories.ServiceCodeFactory, organization=clinic)
    assert price(api, "service-codes", add) == 3


def test_search_filters_and_order(api, clinic, service) -> None:
    other = factories.ServiceCodeFactory(
        organization=clinic, code="H2019", label="Day programme", default_rate="9.00"
    )
    gone = factories.ServiceCodeFactory(organization=clinic, is_active=False)
    assert ids(api, "service-codes", search="9715") == [service.pk]
    assert ids(api, "service-codes", search="day") == [other.pk]
    assert ids(api, "service-codes", state="inactive") == [gone.pk]
    turned(api, "service-codes", "code", "label", "default_rate")


def test_create_and_change(api) -> None:
    sent = {**NEW, "modifiers": ["hm", "HN"], "rounding": "up", "default_rate": "31.25"}
    created = api.post("service-codes", sent)
    assert created.status_code == 201, created.content
    assert created.json()["modifiers"] == ["HM", "HN"]
    url = f"service-codes/{created.json()['id']}"
    changed = api.patch(url, {"default_rate": "32.00", "is_active": False}).json()
    assert (changed["default_rate"], changed["rounding"]) == ("32.00", Rounding.UP)
    assert changed["is_active"] is False


def test_what_is_refused(api, service) -> None:
    for changed, status, code, attr in [
        ({"code": "97153", "modifiers": ["HM"]}, 409, "service_code_exists", "code"),
        ({"code": "97 153"}, 400, "invalid", "code"),
        ({"modifiers": ["ABC"]}, 400, "max_length", "modifiers.0"),
        ({"modifiers": ["HM", "HM"]}, 400, "invalid", "modifiers"),
        ({"modifiers": "HM"}, 400, "not_a_list", "modifiers"),
        ({"minutes_per_unit": 30}, 400, "invalid", "minutes_per_unit"),
        ({"minutes_per_unit": 0}, 400, "min_value", "minutes_per_unit"),
        ({"rounding": "down"}, 400, "invalid_choice", "rounding"),
        ({"default_rate": 18.5}, 400, "invalid", "default_rate"),
        ({"default_rate": "NaN"}, 400, "invalid", "default_rate"),
        ({"default_rate": "-1.00"}, 400, "min_value", "default_rate"),
        ({"default_rate": "1.005"}, 400, "max_decimal_places", "default_rate"),
    ]:
        refused = api.post("service-codes", {**NEW, **changed})
        assert (refused.status_code, error(refused)["code"]) == (status, code), changed
        assert error(refused)["attr"] == attr, changed


def test_another_clinics_is_not_there(api) -> None:
    stranger = factories.ServiceCodeFactory()
    assert api.get(f"service-codes/{stranger.pk}").status_code == 404
    assert api.patch(f"service-codes/{stranger.pk}", {"label": "Mine"}).status_code == 404


def test_roles(new_key, clinic, service, new_app) -> None:
    practitioner = factories.PractitionerFactory(organization=clinic)
    theirs = ApiClient(new_key(Role.PRACTITIONER, practitioner=practitioner).secret)
    assert ids(theirs, "service-codes") == [service.pk]
    assert theirs.post("service-codes", NEW).status_code == 403
    patient = new_app(factories.actor(clinic, Role.PATIENT).user)
    assert patient.get("service-codes").status_code == 403
