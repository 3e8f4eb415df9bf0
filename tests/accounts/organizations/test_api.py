"""The clinic's own settings, and no other clinic's."""

from __future__ import annotations

from accounts.models import Event
from accounts.roles import Role
from tests import factories
from tests.api.client import ApiClient, error
from tests.api.lists import ids


def test_list_and_read_show_the_own_clinic(api, clinic) -> None:
    other = factories.OrganizationFactory()
    read = api.get(f"organizations/{clinic.pk}")
    assert read.json()["slug"] == clinic.slug
    assert api.get("organizations").json()["results"] == [read.json()]
    assert api.get(f"organizations/{other.pk}").status_code == 404
    assert api.patch(f"organizations/{other.pk}", {"phone": "1"}).status_code == 404


def test_search_filters_and_order(api, clinic) -> None:
    assert ids(api, "organizations", search=clinic.name, ordering="-name") == [clinic.pk]
    assert ids(api, "organizations", search="nowhere") == []
    assert error(api.get("organizations", {"slug": "x"}))["code"] == "unknown_parameter"


def test_an_update_leaves_the_rest(api, clinic) -> None:
    answer = api.patch(f"organizations/{clinic.pk}", {"opens_at": "07:30", "phone": "555-0100"})
    assert answer.status_code == 200, answer.content
    assert (answer.json()["opens_at"], answer.json()["closes_at"]) == ("07:30:00", "18:00:00")
    changed = Event.objects.get(action="organization.updated").details["changes"]
    assert set(changed) == {"opens_at", "phone"}


def test_what_is_refused(api, clinic) -> None:
    for changed, code, attr in [
        ({"closes_at": "07:00"}, "invalid", "closes_at"),
        ({"time_zone": "Mars/Olympus"}, "invalid", "time_zone"),
        ({"currency": "XXX"}, "invalid", "currency"),
        ({"tax_id": "1"}, "invalid", "tax_id"),
        ({"idle_minutes": 4}, "min_value", "idle_minutes"),
        ({"patients_may_cancel": "yes"}, "invalid", "patients_may_cancel"),
        ({"slug": "elsewhere"}, "unknown_field", "slug"),
        ({"is_active": False}, "unknown_field", "is_active"),
        ({"mrn_counter": 1}, "unknown_field", "mrn_counter"),
    ]:
        refused = api.patch(f"organizations/{clinic.pk}", changed)
        assert (refused.status_code, error(refused)["code"]) == (400, code), changed
        assert error(refused)["attr"] == attr
    assert api.post("organizations", {"name": "Mine"}).status_code == 405


def test_roles(new_key, clinic) -> None:
    viewer = ApiClient(new_key(Role.VIEWER).secret)
    assert ids(viewer, "organizations") == [clinic.pk]
    assert viewer.patch(f"organizations/{clinic.pk}", {"phone": "1"}).status_code == 403
    practitioner = factories.PractitionerFactory(organization=clinic)
    theirs = ApiClient(new_key(Role.PRACTITIONER, practitioner=practitioner).secret)
    assert theirs.get("organizations").status_code == 403
