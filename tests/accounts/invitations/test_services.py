import re
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actor import Actor
from accounts.errors import Conflict, Invalid, NotFound, from_integrity_error
from accounts.invitations import services as invitations
from accounts.members import services as members
from accounts.models import Event, Invitation, Membership, User
from accounts.roles import Role
from tests import factories
from tests.accounts.jobs import run_jobs, waiting

NEW = {"name": "Nia Obi", "password": "a-long-enough-1"}


def token_from_mail() -> str:
    run_jobs()
    return re.search(r"/invitations/([\w-]+)/", mail.outbox[-1].body).group(1)


def guest(invitation: Invitation, user: User | None = None) -> Actor:
    return Actor(
        user=user,
        organization=invitation.organization,
        role=Role(invitation.role),
        channel="test",
    )


@pytest.fixture
def invited(admin):
    return invitations.invite(actor=admin, email=" Nia@Example.org ", role=Role.VIEWER)


def test_only_the_mail_contains_the_token(invited):
    assert [job.args for job in waiting()] == [{"invitation_id": invited.pk}]
    token = token_from_mail()
    invited.refresh_from_db()
    assert invited.token_hash == Invitation.hash_of(token)
    assert token not in str(list(Event.objects.values()))
    assert mail.outbox[0].to == ["nia@example.org"]


def test_a_new_person_makes_an_account(invited):
    membership = invitations.accept(actor=guest(invited), token=token_from_mail(), **NEW)
    user = membership.user
    assert (user.email, user.name) == ("nia@example.org", "Nia Obi")
    assert user.check_password(NEW["password"])
    assert EmailAddress.objects.get(user=user).verified
    assert (membership.role, membership.organization) == (Role.VIEWER, invited.organization)
    assert Event.objects.get(action="invitation.accepted").actor == user


def test_the_link_works_once(invited):
    token = token_from_mail()
    invitations.accept(actor=guest(invited), token=token, **NEW)
    with pytest.raises(Conflict) as refused:
        invitations.accept(actor=guest(invited), token=token, **NEW)
    assert refused.value.code == "invitation_over"
    assert Membership.objects.filter(role=Role.VIEWER).count() == 1


def test_the_link_expires(invited):
    token = token_from_mail()
    too_late = time_machine.travel(timezone.now() + timedelta(days=7, seconds=1), tick=False)
    with too_late, pytest.raises(Conflict, match="has expired"):
        invitations.accept(actor=guest(invited), token=token, **NEW)
    assert not User.objects.filter(email="nia@example.org").exists()


def test_a_revoked_link_is_worthless_and_sends_no_mail(admin, invited):
    token = token_from_mail()
    invitations.revoke(actor=admin, invitation=invited)
    with pytest.raises(Conflict, match="was withdrawn"):
        invitations.accept(actor=guest(invited), token=token, **NEW)
    with pytest.raises(Conflict):
        invitations.resend(actor=admin, invitation=invited)
    sent = len(mail.outbox)
    run_jobs()
    assert len(mail.outbox) == sent


def test_a_new_link_replaces_the_old_one(admin, invited):
    old = token_from_mail()
    invitations.resend(actor=admin, invitation=invited)
    with pytest.raises(NotFound):
        invitations.by_token(old)
    invitations.accept(actor=guest(invited), token=token_from_mail(), **NEW)


def test_inviting_again_revokes_the_earlier_invitation(admin, invited):
    invitations.invite(actor=admin, email="nia@example.org", role=Role.ADMIN)
    invited.refresh_from_db()
    assert invited.revoked_at
    assert Invitation.objects.open().count() == 1


def test_one_address_has_one_open_invitation_to_work_here(admin, clinic):
    records = [factories.PractitionerFactory(organization=clinic) for _ in range(2)]
    patient = factories.PatientFactory(organization=clinic)
    who = {"actor": admin, "email": "nia@example.org"}
    theirs = invitations.invite(**who, role=Role.PATIENT, patient=patient)
    for record in (None, *records):
        last = invitations.invite(**who, role=Role.PRACTITIONER, practitioner=record)
    assert set(Invitation.objects.open()) == {theirs, last}


def test_resending_an_expired_invitation_revokes_the_later_one(admin, invited):
    Invitation.objects.update(expires_at=timezone.now())
    later = invitations.invite(actor=admin, email=invited.email, role=Role.ADMIN)
    invitations.resend(actor=admin, invitation=invited)
    assert Invitation.objects.open().get() == invited
    later.refresh_from_db()
    assert later.revoked_at


def test_resending_checks_the_invitation_again(admin, invited, clinic):
    guardian = factories.GuardianFactory(organization=clinic)
    other = invitations.invite(
        actor=admin, email="lena@example.org", role=Role.PATIENT, guardian=guardian
    )
    type(guardian).objects.update(may_sign_in=False)
    user = factories.UserFactory(email=invited.email)
    factories.MembershipFactory(organization=clinic, user=user, role=Role.VIEWER)
    for invitation, field in ((other, "guardian"), (invited, "email")):
        with pytest.raises(Conflict) as refused:
            invitations.resend(actor=admin, invitation=invitation)
        assert refused.value.field == field
    assert not Event.objects.filter(action="invitation.resent").exists()


def test_a_weak_password_is_refused_and_nothing_written(invited):
    token = token_from_mail()
    with pytest.raises(Invalid) as refused:
        invitations.accept(actor=guest(invited), token=token, name="Nia", password="12345678")
    assert refused.value.field == "password"
    assert not User.objects.filter(email="nia@example.org").exists()
    assert invitations.by_token(token).is_open


def test_an_existing_account_joins_by_signing_in(admin, invited):
    user = factories.UserFactory(email="nia@example.org")
    token = token_from_mail()
    with pytest.raises(Conflict) as refused:
        invitations.accept(actor=guest(invited), token=token, **NEW)
    assert refused.value.code == "has_account"
    assert invitations.accept(actor=guest(invited, user), token=token).user == user


def test_another_address_cannot_accept(invited):
    other = factories.UserFactory()
    with pytest.raises(Conflict) as refused:
        invitations.accept(actor=guest(invited, other), token=token_from_mail())
    assert refused.value.code == "other_address"
    assert not other.memberships.exists()


def test_a_member_is_not_invited_again(admin, viewer):
    with pytest.raises(Conflict) as refused:
        invitations.invite(actor=admin, email=viewer.user.email.upper(), role=Role.ADMIN)
    assert refused.value.code == "already_member"


def test_a_deactivated_member_comes_back_by_invitation(admin, viewer):
    Membership.objects.filter(user=viewer.user).update(is_active=False)
    invited = invitations.invite(actor=admin, email=viewer.user.email, role=Role.PRACTITIONER)
    token = token_from_mail()
    membership = invitations.accept(actor=guest(invited, viewer.user), token=token)
    assert (membership.role, membership.is_active) == (Role.PRACTITIONER, True)
    changed = Event.objects.filter(object_type="accounts.membership", object_id=membership.pk)
    assert list(changed.order_by("pk").values_list("action", "actor", "details")) == [
        ("member.reactivated", viewer.user.pk, {"user": viewer.user.pk}),
        (
            "member.role_changed",
            viewer.user.pk,
            {"user": viewer.user.pk, "before": "viewer", "after": "practitioner"},
        ),
    ]


def test_accepting_as_a_member_changes_nothing(admin, clinic, viewer):
    invited = factories.InvitationFactory(
        organization=clinic, email=viewer.user.email, token_hash=Invitation.hash_of("mailed")
    )
    invitations.accept(actor=guest(invited, viewer.user), token="mailed")
    assert not Event.objects.filter(action__startswith="member.").exists()


def test_a_deactivated_member_does_not_come_back_by_an_earlier_invitation(admin, clinic, viewer):
    user = viewer.user
    EmailAddress.objects.create(user=user, email="Second@example.org", verified=True)
    theirs = [
        factories.InvitationFactory(
            organization=clinic, email=email, token_hash=Invitation.hash_of(email)
        )
        for email in (user.email, "second@example.org")
    ]
    others = [
        factories.InvitationFactory(organization=clinic),
        factories.InvitationFactory(email=user.email),
    ]
    members.deactivate(actor=admin, membership=Membership.objects.get(user=user))
    for invited in theirs:
        with pytest.raises(Conflict, match="was withdrawn"):
            invitations.accept(actor=guest(invited, user), token=invited.email)
    assert not Membership.objects.get(user=user).is_active
    assert set(Invitation.objects.open()) == set(others)
    assert Event.objects.filter(action="invitation.revoked").count() == 2


def test_a_guardian_of_two_children_is_invited_for_each(admin, clinic):
    children = [factories.GuardianFactory(organization=clinic) for _ in range(2)]
    parent = None
    for guardian in children:
        invited = invitations.invite(
            actor=admin, email="lena@example.org", role=Role.PATIENT, guardian=guardian
        )
        fields = {} if parent else NEW
        token = token_from_mail()
        parent = invitations.accept(actor=guest(invited, parent), token=token, **fields).user
    assert set(parent.guardianships.all()) == set(children)
    assert parent.memberships.count() == 1


def test_all_that_becomes_of_it_is_in_the_patients_history(admin, clinic):
    guardian = factories.GuardianFactory(organization=clinic)
    invited = invitations.invite(
        actor=admin, email="lena@example.org", role=Role.PATIENT, guardian=guardian
    )
    invitations.resend(actor=admin, invitation=invited)
    again = invitations.invite(
        actor=admin, email="lena@example.org", role=Role.PATIENT, guardian=guardian
    )
    invitations.revoke(actor=admin, invitation=again)
    happened = Event.objects.filter(patient=guardian.patient).order_by("pk")
    assert list(happened.values_list("action", flat=True)) == [
        "invitation.sent",
        "invitation.resent",
        "invitation.revoked",
        "invitation.sent",
        "invitation.revoked",
    ]


@pytest.mark.parametrize("kind", ["patient", "guardian", "practitioner"])
def test_a_record_has_one_user(admin, clinic, kind):
    factory = getattr(factories, f"{kind.capitalize()}Factory")
    record = factory(organization=clinic)
    role = Role.PRACTITIONER if kind == "practitioner" else Role.PATIENT
    invited = invitations.invite(actor=admin, email="nia@example.org", role=role, **{kind: record})
    token = token_from_mail()
    type(record).objects.filter(pk=record.pk).update(user=factories.UserFactory())
    with pytest.raises(Conflict) as refused:
        invitations.accept(actor=guest(invited), token=token, **NEW)
    assert refused.value.code == "record_has_user"
    assert not User.objects.filter(email="nia@example.org").exists()


def test_a_user_is_one_guardian_of_a_patient_at_most(admin, clinic):
    first = factories.GuardianFactory(organization=clinic)
    second = factories.GuardianFactory(organization=clinic, patient=first.patient)
    who = {"actor": admin, "email": "nia@example.org", "role": Role.PATIENT}
    invited = invitations.invite(**who, guardian=first)
    invitations.accept(actor=guest(invited), token=token_from_mail(), **NEW)
    with pytest.raises(Conflict) as refused:
        invitations.invite(**who, guardian=second)
    assert refused.value.code == "member_is_guardian"


def test_accepting_both_guardian_invitations_of_a_patient_is_refused(admin, clinic):
    first = factories.GuardianFactory(organization=clinic)
    second = factories.GuardianFactory(organization=clinic, patient=first.patient)
    who = {"actor": admin, "email": "nia@example.org", "role": Role.PATIENT}
    invited = [invitations.invite(**who, guardian=one) for one in (first, second)]
    run_jobs()
    links = [re.search(r"/invitations/([\w-]+)/", one.body).group(1) for one in mail.outbox]
    user = invitations.accept(actor=guest(invited[0]), token=links[0], **NEW).user
    with pytest.raises(Conflict) as refused:
        invitations.accept(actor=guest(invited[1], user), token=links[1])
    assert refused.value.code == "member_is_guardian"


def test_the_constraint_has_the_services_error(clinic):
    user = factories.UserFactory()
    first = factories.GuardianFactory(organization=clinic, user=user)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        factories.GuardianFactory(organization=clinic, patient=first.patient, user=user)
    assert from_integrity_error(refused.value).code == "member_is_guardian"


def test_what_an_invitation_names_is_of_the_clinic(admin, elsewhere):
    wrong = [
        {"role": Role.PATIENT, "patient": factories.PatientFactory(organization=elsewhere)},
        {"role": Role.PATIENT, "guardian": factories.GuardianFactory(organization=elsewhere)},
        {
            "role": Role.PRACTITIONER,
            "practitioner": factories.PractitionerFactory(organization=elsewhere),
        },
    ]
    for fields in wrong:
        with pytest.raises(NotFound):
            invitations.invite(actor=admin, email="nia@example.org", **fields)
    theirs = factories.InvitationFactory(organization=elsewhere)
    with pytest.raises(NotFound):
        invitations.revoke(actor=admin, invitation=theirs)
    assert not waiting()


def test_the_record_and_the_role_belong_together(admin, clinic):
    patient = factories.PatientFactory(organization=clinic)
    for fields in (
        {"role": Role.PATIENT},
        {"role": Role.VIEWER, "patient": patient},
        {"role": Role.VIEWER, "practitioner": factories.PractitionerFactory(organization=clinic)},
    ):
        with pytest.raises(Invalid):
            invitations.invite(actor=admin, email="nia@example.org", **fields)


def test_the_page_takes_a_newcomer_straight_into_the_clinic(invited):
    client = Client()
    address = reverse("accounts:invitation", args=[token_from_mail()])
    assert b"Choose a password" in client.get(address).content
    answer = client.post(address, NEW)
    assert answer["Location"] == f"/c/{invited.organization.slug}/"
    assert client.get(reverse("accounts:entrance"))["Location"] == answer["Location"]


def test_the_page_keeps_the_name_when_the_password_is_refused(invited):
    address = reverse("accounts:invitation", args=[token_from_mail()])
    answer = Client().post(address, {"name": "Nia Obi", "password": "short"})
    assert answer.status_code == 400
    assert b'value="Nia Obi"' in answer.content
    assert b"too short" in answer.content


def test_the_page_of_a_link_that_is_over_says_why(admin, invited):
    address = reverse("accounts:invitation", args=[token_from_mail()])
    invitations.revoke(actor=admin, invitation=invited)
    answer = Client().get(address)
    assert answer.status_code == 409
    assert b"was withdrawn" in answer.content
    assert Client().get(reverse("accounts:invitation", args=["unknown"])).status_code == 404
