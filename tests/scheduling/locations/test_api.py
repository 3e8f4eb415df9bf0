"""Locations and rooms over the API."""

from __future__ import annotations

import pytest

from accounts.roles import Role
from scheduling.models import Location, Room
from tests import factories
from tests.api.client import ApiClient, error
from tests.api.lists import ids, price, turned

pytestmark = pytest.mark.django_db


@pytest.fixture
def location(clinic) -> Location:
    return factories.LocationFactory(organization=clinic, name="North")


@pytest.fixture
def room(clinic, location) -> Room:
    return factories.RoomFactory(organization=clinic, location=location, name="Blue")


def test_a_location_is_added_changed_and_deactivated(api) -> None:
    made = api.post("locations", {"name": "North"})
    assert made.status_code == 201
    assert made.json() == {
        "id": made.json()["id"],
        "name": "North",
        "place_of_service": "11",
        "address": "",
        "is_active": True,
    }
    url = f"locations/{made.json()['id']}"
    changed = api.patch(url, {"address": "12 Lake Street"}, If_Match=made["ETag"])
    assert (changed.json()["address"], changed.json()["name"]) == ("12 Lake Street", "North")
    assert api.patch(url, {"name": "South"}, If_Match=made["ETag"]).status_code == 412
    assert api.patch(url, {"is_active": False}).json()["is_active"] is False
    assert ids(api, "locations") == []
    assert ids(api, "locations", state="all") == [made.json()["id"]]
    assert api.get(url).json()["is_active"] is False


@pytest.mark.parametrize(
    ("body", "status", "code", "attr"),
    [
        ({"name": "north"}, 409, "location_exists", "name"),
        ({"name": ""}, 400, "blank", "name"),
        ({"name": "South", "place_of_service": "1x"}, 400, "invalid", "place_of_service"),
        ({"name": "South", "place_of_service": "٣٤"}, 400, "invalid", "place_of_service"),
        ({"name": "South", "is_active": False}, 400, "unknown_field", "is_active"),
    ],
)
def test_what_a_location_may_be(api, location, body, status, code, attr) -> None:
    answer = api.post("locations", body)
    assert (answer.status_code, error(answer)["code"], error(answer)["attr"]) == (
        status,
        code,
        attr,
    )
    assert Location.objects.count() == 1


def test_a_room_is_added_and_changed(api, location) -> None:
    made = api.post("rooms", {"location_id": location.pk, "name": "Blue"})
    assert (made.status_code, made.json()["location_id"]) == (201, location.pk)
    again = api.post("rooms", {"location_id": location.pk, "name": "blue"})
    assert (again.status_code, error(again)["code"]) == (409, "room_exists")
    url = f"rooms/{made.json()['id']}"
    assert api.patch(url, {"name": "Green"}).json()["name"] == "Green"
    elsewhere = api.patch(url, {"location_id": location.pk})
    assert (elsewhere.status_code, error(elsewhere)["code"]) == (400, "unknown_field")
    stranger = factories.LocationFactory()
    theirs = api.post("rooms", {"location_id": stranger.pk, "name": "Red"})
    assert (theirs.status_code, error(theirs)["attr"]) == (400, "location_id")


def test_lists(api, clinic, location, room) -> None:
    other = factories.RoomFactory(organization=clinic, name="Red")
    factories.RoomFactory()
    assert set(ids(api, "rooms")) == {room.pk, other.pk}
    assert ids(api, "rooms", location=location.pk) == [room.pk]
    assert ids(api, "rooms", search="blu") == [room.pk]
    assert ids(api, "rooms", search="north") == [room.pk]
    assert ids(api, "locations", search="north") == [location.pk]
    turned(api, "rooms", "name")
    turned(api, "locations", "name")
    for path in ("rooms", "locations"):
        assert error(api.get(path, {"colour": "red"}))["code"] == "unknown_parameter"


def test_prices(api, clinic) -> None:
    assert price(api, "locations", lambda: factories.LocationFactory(organization=clinic)) == 3
    assert price(api, "rooms", lambda: factories.RoomFactory(organization=clinic)) == 3


@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.VIEWER])
def test_only_administrators_change_them(new_key, clinic, location, room, role) -> None:
    about = {}
    if role == Role.PRACTITIONER:
        about["practitioner"] = factories.PractitionerFactory(organization=clinic)
    client = ApiClient(new_key(role, **about).secret)
    assert ids(client, "locations") == [location.pk]
    assert client.get(f"rooms/{room.pk}").status_code == 200
    for refused in (
        client.post("locations", {"name": "South"}),
        client.patch(f"rooms/{room.pk}", {"name": "Red"}),
    ):
        assert (refused.status_code, error(refused)["code"]) == (403, "role_not_allowed")
