"""Super-administrators admit others into a clinic, with a notice, and never themselves."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from accounts import access
from accounts.actor import Actor
from accounts.errors import NotAllowed
from accounts.invitations import services as invitations
from accounts.members import services as members
from accounts.models import Membership
from accounts.roles import Role
from tests import factories
from tests.accounts.invitations.test_services import token_from_mail
from tests.accounts.jobs import run_jobs


@pytest.fixture
def superadmin(clinic):
    return factories.actor(clinic, Role.SUPERADMIN)


@pytest.fixture
def own(superadmin, clinic):
    """What the super-administrator was here, until it was taken away."""
    return factories.MembershipFactory(
        organization=clinic, user=superadmin.user, role=Role.VIEWER, is_active=False
    )


def refused(deed, **wanted) -> str:
    with pytest.raises(NotAllowed) as error:
        deed(**wanted)
    return error.value.code


@pytest.mark.parametrize("role", [Role.ADMIN, Role.VIEWER])
def test_they_do_not_invite_themselves(superadmin, role):
    EmailAddress.objects.create(user=superadmin.user, email="second@example.org", verified=True)
    for email in (superadmin.user.email.upper(), "second@example.org"):
        wanted = {"actor": superadmin, "email": email, "role": role}
        assert refused(invitations.invite, **wanted) == "own_access"


def test_they_do_not_accept_what_they_sent_to_an_address_added_since(superadmin, clinic):
    invitations.invite(actor=superadmin, email="later@example.org", role=Role.ADMIN)
    token = token_from_mail()
    EmailAddress.objects.create(user=superadmin.user, email="later@example.org", verified=True)
    guest = Actor(user=superadmin.user, organization=clinic, role=Role.ADMIN, channel="test")
    assert refused(invitations.accept, actor=guest, token=token) == "own_access"
    assert not Membership.objects.exists()


@pytest.fixture
def expired(clinic):
    """To be an administrator, sent by one some time ago."""
    return factories.InvitationFactory(
        organization=clinic,
        email="later@example.org",
        role=Role.ADMIN,
        expires_at=timezone.now() - timedelta(days=30),
    )


def test_super_administrators_cannot_resend_their_own_invitation(superadmin, expired):
    EmailAddress.objects.create(user=superadmin.user, email=expired.email, verified=True)
    wanted = {"actor": superadmin, "invitation": expired}
    assert refused(invitations.resend, **wanted) == "own_access"
    expired.refresh_from_db()
    assert not expired.is_open


def test_super_administrators_cannot_accept_a_resent_invitation(superadmin, expired, clinic):
    invitations.resend(actor=superadmin, invitation=expired)
    token = token_from_mail()
    EmailAddress.objects.create(user=superadmin.user, email=expired.email, verified=True)
    guest = Actor(user=superadmin.user, organization=clinic, role=Role.ADMIN, channel="test")
    assert refused(invitations.accept, actor=guest, token=token) == "own_access"


def test_they_neither_reactivate_nor_raise_themselves(superadmin, own):
    who = {"actor": superadmin, "membership": own}
    assert refused(members.update_role, **who, role=Role.ADMIN) == "own_access"
    assert refused(members.reactivate, **who) == "own_access"
    assert not access.memberships_of(superadmin.user).exists()


def test_the_clinics_administrator_lets_them_in(admin, own):
    members.reactivate(actor=admin, membership=own)
    run_jobs()
    assert access.memberships_of(own.user).get() == own
    assert not mail.outbox


@pytest.mark.parametrize("how", ["invites", "sends anew", "raises", "reactivates"])
def test_administrators_hear_when_they_make_one(superadmin, admin, clinic, expired, how):
    member = factories.MembershipFactory(
        organization=clinic,
        role=Role.ADMIN if how == "reactivates" else Role.VIEWER,
        is_active=how != "reactivates",
    )
    if how == "invites":
        invitations.invite(actor=superadmin, email="new@example.org", role=Role.ADMIN)
    elif how == "sends anew":
        invitations.resend(actor=superadmin, invitation=expired)
    elif how == "raises":
        members.update_role(actor=superadmin, membership=member, role=Role.ADMIN)
    else:
        members.reactivate(actor=superadmin, membership=member)
    run_jobs()
    [told] = [message for message in mail.outbox if message.to == [admin.user.email]]
    assert superadmin.user.name in told.body
    address = {"invites": "new@example.org", "sends anew": expired.email}
    assert address.get(how, member.user.email) in told.subject


def test_other_invitations_notify_no_administrator(superadmin, admin, clinic):
    member = factories.MembershipFactory(organization=clinic, role=Role.PATIENT)
    invitations.invite(actor=superadmin, email="new@example.org", role=Role.VIEWER)
    members.update_role(actor=superadmin, membership=member, role=Role.VIEWER)
    members.update_role(actor=admin, membership=member, role=Role.ADMIN)
    run_jobs()
    assert [message.to for message in mail.outbox] == [["new@example.org"]]
