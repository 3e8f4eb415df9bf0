"""Invitations: sent by mail, and the link is in the mail only."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import ApiKey, Event, Invitation
from accounts.roles import Role
from tests import factories
from tests.api.client import ApiClient, error
from tests.api.lists import ids, price, turned

NEW = {"email": "sam.reyes@example.org", "role": "viewer"}


@pytest.fixture
def invitation(clinic):
    return factories.InvitationFactory(organization=clinic, email="zoe@example.org")


def test_list_and_read_show_the_same_and_no_token(api, invitation) -> None:
    read = api.get(f"invitations/{invitation.pk}")
    assert api.get("invitations").json()["results"] == [read.json()]
    assert read.json()["state"] == "open"
    assert invitation.token_hash not in read.content.decode()
    assert not [name for name in read.json() if "token" in name]


def test_the_price_of_a_list(api, clinic) -> None:
    add = partial(factories.InvitationFactory, organization=clinic)
    assert price(api, "invitations", add) == 3


def test_search_filters_and_order(api, clinic, invitation) -> None:
    now = timezone.now()
    states = {
        "open": invitation,
        "accepted": factories.InvitationFactory(organization=clinic, accepted_at=now),
        "revoked": factories.InvitationFactory(organization=clinic, revoked_at=now),
        "expired": factories.InvitationFactory(
            organization=clinic, expires_at=now - timedelta(days=1), role=Role.ADMIN
        ),
    }
    for state, row in states.items():
        assert ids(api, "invitations", state=state) == [row.pk]
        assert api.get(f"invitations/{row.pk}").json()["state"] == state
    assert ids(api, "invitations", search="zoe@") == [invitation.pk]
    assert ids(api, "invitations", role="admin") == [states["expired"].pk]
    patient = factories.PatientFactory(organization=clinic)
    theirs = factories.InvitationFactory(
        organization=clinic, patient=patient, role=Role.PATIENT, email="ada@example.org"
    )
    assert ids(api, "invitations", patient=patient.pk) == [theirs.pk]
    assert ids(api, "invitations", first=f"{clinic.today() + timedelta(days=1)}") == []
    turned(api, "invitations", "email", "created_at", "expires_at")
    api.get(f"invitations/{theirs.pk}")
    assert not Event.objects.filter(action="patient.viewed").exists()


def test_invite_resend_and_revoke(api, clinic) -> None:
    sent = api.post("invitations", {**NEW, "email": " Sam.Reyes@Example.org "})
    assert sent.status_code == 201, sent.content
    assert (sent.json()["email"], sent.json()["state"]) == ("sam.reyes@example.org", "open")
    invitation = Invitation.objects.get()
    assert invitation.invited_by is None
    assert Event.objects.get(action="invitation.sent").api_key == ApiKey.objects.get()
    assert invitation.token_hash not in sent.content.decode()
    url = f"invitations/{invitation.pk}"
    assert api.post(f"{url}/resend").json()["expires_at"] > sent.json()["expires_at"]
    assert api.post(f"{url}/revoke").json()["state"] == "revoked"
    for deed in ("resend", "revoke"):
        refused = api.post(f"{url}/{deed}")
        assert (refused.status_code, error(refused)["code"]) == (409, "invitation_over")


def test_an_app_invites_in_its_persons_name(clinic, new_app) -> None:
    admin = factories.actor(clinic).user
    answer = new_app(admin).post("invitations", NEW)
    assert answer.json()["invited_by_id"] == admin.pk


def test_what_is_refused(api, clinic) -> None:
    member = factories.MembershipFactory(organization=clinic)
    guardian = factories.GuardianFactory(organization=clinic, may_sign_in=False)
    known = factories.PatientFactory(organization=clinic, user=factories.UserFactory())
    for changed, status, code, attr in [
        ({"email": member.user.email}, 409, "already_member", "email"),
        ({"email": "nowhere"}, 400, "invalid", "email"),
        ({"role": "superadmin"}, 400, "invalid_choice", "role"),
        ({"role": "patient"}, 400, "invalid", "patient_id"),
        ({"patient_id": known.pk}, 400, "invalid", "patient_id"),
        ({"role": "patient", "patient_id": known.pk}, 409, "record_has_user", None),
        ({"role": "patient", "guardian_id": guardian.pk}, 409, "conflict", "guardian_id"),
        ({"token_hash": "0" * 64}, 400, "unknown_field", "token_hash"),
    ]:
        refused = api.post("invitations", {**NEW, **changed})
        assert (refused.status_code, error(refused)["code"]) == (status, code), changed
        assert error(refused)["attr"] == attr, changed
    assert not Invitation.objects.exists()


def test_another_clinics_is_not_there(api) -> None:
    stranger = factories.InvitationFactory()
    assert api.get(f"invitations/{stranger.pk}").status_code == 404
    assert api.post(f"invitations/{stranger.pk}/resend").status_code == 404
    assert api.post(f"invitations/{stranger.pk}/revoke").status_code == 404
    foreign = factories.PatientFactory()
    sent = {**NEW, "role": "patient", "patient_id": foreign.pk}
    assert error(api.post("invitations", sent))["code"] == "does_not_exist"


def test_roles(new_key, clinic, invitation) -> None:
    viewer = ApiClient(new_key(Role.VIEWER).secret)
    assert ids(viewer, "invitations") == [invitation.pk]
    assert viewer.post("invitations", NEW).status_code == 403
    practitioner = factories.PractitionerFactory(organization=clinic)
    theirs = ApiClient(new_key(Role.PRACTITIONER, practitioner=practitioner).secret)
    assert theirs.get("invitations").status_code == 403
