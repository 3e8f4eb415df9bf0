"""Memberships: roles in the clinic; the last administrator cannot be removed."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from accounts.models import Membership
from accounts.roles import Role
from tests import factories
from tests.api.client import ApiClient, error
from tests.api.lists import ids, price, turned


@pytest.fixture
def member(clinic):
    user = factories.UserFactory(name="Zoe Abara", email="zoe@example.org")
    return factories.MembershipFactory(organization=clinic, user=user, role=Role.VIEWER)


def test_list_and_read_show_the_same(api, member) -> None:
    read = api.get(f"memberships/{member.pk}").json()
    assert (read["name"], read["email"], read["role"]) == ("Zoe Abara", "zoe@example.org", "viewer")
    assert read in api.get("memberships").json()["results"]


def test_the_price_of_a_list(api, clinic) -> None:
    add = partial(factories.MembershipFactory, organization=clinic)
    assert price(api, "memberships", add) == 3


def test_search_filters_and_order(api, clinic, member) -> None:
    gone = factories.MembershipFactory(organization=clinic, role=Role.PATIENT, is_active=False)
    assert ids(api, "memberships", search="abara zoe") == [member.pk]
    assert ids(api, "memberships", search="zoe@example") == [member.pk]
    assert ids(api, "memberships", role="viewer") == [member.pk]
    assert ids(api, "memberships", user=member.user_id) == [member.pk]
    assert ids(api, "memberships", state="inactive") == [gone.pk]
    tomorrow = clinic.today() + timedelta(days=1)
    assert ids(api, "memberships", first=f"{tomorrow}") == []
    assert error(api.get("memberships", {"role": "owner"}))["attr"] == "role"
    turned(api, "memberships", "name", "email", "role", "created_at")


def test_change_role_deactivate_and_reactivate(api, member) -> None:
    url = f"memberships/{member.pk}"
    assert api.patch(url, {"role": "practitioner"}).json()["role"] == "practitioner"
    assert api.post(f"{url}/deactivate").json()["is_active"] is False
    assert api.get(url).json()["is_active"] is False
    assert api.post(f"{url}/reactivate").json()["is_active"] is True


def test_a_program_makes_no_administrator(api, clinic, member) -> None:
    gone = factories.MembershipFactory(organization=clinic, role=Role.ADMIN, is_active=False)
    invited = factories.InvitationFactory(organization=clinic, role=Role.ADMIN)
    for refused in (
        api.patch(f"memberships/{member.pk}", {"role": "admin"}),
        api.post(f"memberships/{gone.pk}/reactivate"),
        api.post("invitations", {"email": "new@example.org", "role": "admin"}),
        api.post(f"invitations/{invited.pk}/resend"),
    ):
        assert (refused.status_code, error(refused)["code"]) == (403, "person_required")


def test_the_only_administrator_stays(api, clinic) -> None:
    last = Membership.objects.get(organization=clinic)
    for refused in (
        api.patch(f"memberships/{last.pk}", {"role": "viewer"}),
        api.post(f"memberships/{last.pk}/deactivate"),
    ):
        assert (refused.status_code, error(refused)["code"]) == (409, "last_administrator")
    unknown = api.patch(f"memberships/{last.pk}", {"role": "superadmin"})
    assert (unknown.status_code, error(unknown)["code"]) == (400, "invalid_choice")
    assert error(api.patch(f"memberships/{last.pk}", {"user_id": 1}))["code"] == "unknown_field"


def test_a_deactivated_members_app_is_out_at_once(api, member, new_app) -> None:
    app = new_app(member.user)
    assert app.get("memberships").status_code == 200
    api.post(f"memberships/{member.pk}/deactivate")
    assert app.get("memberships").status_code in (401, 404)


def test_another_clinics_is_not_there(api) -> None:
    stranger = factories.MembershipFactory()
    assert api.get(f"memberships/{stranger.pk}").status_code == 404
    assert api.patch(f"memberships/{stranger.pk}", {"role": "viewer"}).status_code == 404
    assert api.post(f"memberships/{stranger.pk}/deactivate").status_code == 404


def test_roles(new_key, clinic, member) -> None:
    viewer = ApiClient(new_key(Role.VIEWER).secret)
    assert member.pk in ids(viewer, "memberships")
    assert viewer.patch(f"memberships/{member.pk}", {"role": "admin"}).status_code == 403
    practitioner = factories.PractitionerFactory(organization=clinic)
    theirs = ApiClient(new_key(Role.PRACTITIONER, practitioner=practitioner).secret)
    assert theirs.get("memberships").status_code == 403
