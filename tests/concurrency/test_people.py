"""Races around people: the last administrator, an invitation, the next MRN, the care team."""

from datetime import date

from accounts.actor import Actor
from accounts.care_team import services as care_team
from accounts.invitations import services as invitations
from accounts.members import services as members
from accounts.models import CareTeamMember, Event, Invitation, Membership, Patient
from accounts.patients import services as patients
from accounts.roles import Role
from tests import factories
from tests.concurrency.race import overtake, race


def administrators(organization, count):
    made = [factories.actor(organization) for _ in range(count)]
    return [(actor, Membership.objects.get(user=actor.user)) for actor in made]


def test_two_administrators_removing_each_other_leave_one():
    (one, ones), (other, others) = administrators(factories.OrganizationFactory(), 2)
    outcome = overtake(
        lambda: members.deactivate(actor=one, membership=others),
        lambda: members.deactivate(actor=other, membership=ones),
    )
    assert outcome.refused == {"last_administrator": 1}
    assert Membership.objects.filter(is_active=True).count() == 1


def test_ten_administrators_stepping_down_at_once_leave_one():
    outcome = race(
        [
            lambda actor=actor, own=own: members.update_role(
                actor=actor, membership=own, role=Role.VIEWER
            )
            for actor, own in administrators(factories.OrganizationFactory(), 10)
        ]
    )
    assert len(outcome.won) == 9
    assert outcome.refused == {"last_administrator": 1}
    assert Membership.objects.filter(role=Role.ADMIN).count() == 1


def test_an_invitation_is_accepted_once(clinic):
    token = "as in the mail"
    invitation = factories.InvitationFactory(
        organization=clinic.organization, token_hash=Invitation.hash_of(token)
    )
    user = factories.UserFactory(email=invitation.email)
    guest = Actor(user=user, organization=clinic.organization, role=Role.VIEWER, channel="test")
    outcome = race([lambda: invitations.accept(actor=guest, token=token)] * 10)
    assert len(outcome.won) == 1
    assert outcome.refused == {"invitation_over": 9}
    assert Event.objects.filter(action="invitation.accepted").count() == 1


def invited_member(clinic):
    """A member with an open invitation, and what accepts it."""
    member = factories.MembershipFactory(organization=clinic.organization, role=Role.VIEWER)
    invitation = factories.InvitationFactory(
        organization=clinic.organization,
        email=member.user.email,
        token_hash=Invitation.hash_of("as in the mail"),
    )
    guest = Actor(
        user=member.user, organization=clinic.organization, role=Role.VIEWER, channel="test"
    )
    return member, invitation, lambda: invitations.accept(actor=guest, token="as in the mail")


def test_accepting_during_deactivation_gives_no_access(clinic):
    member, invitation, accept = invited_member(clinic)
    outcome = overtake(accept, lambda: members.deactivate(actor=clinic.actor, membership=member))
    assert not outcome.refused
    member.refresh_from_db()
    invitation.refresh_from_db()
    assert (member.is_active, invitation.state) == (False, "accepted")


def test_deactivation_during_acceptance_gives_no_access(clinic):
    member, invitation, accept = invited_member(clinic)
    outcome = overtake(lambda: members.deactivate(actor=clinic.actor, membership=member), accept)
    assert outcome.refused == {"invitation_over": 1}
    member.refresh_from_db()
    invitation.refresh_from_db()
    assert (member.is_active, invitation.state) == (False, "revoked")


def test_twenty_new_patients_get_twenty_numbers(clinic):
    outcome = race(
        [
            lambda: patients.create(
                actor=clinic.actor,
                legal_first_name="Ada",
                legal_last_name="Moreno",
                date_of_birth=date(2016, 5, 4),
            )
        ]
        * 20
    )
    assert not outcome.refused
    assert Patient.objects.values("mrn").distinct().count() == 21


def test_the_care_team_is_joined_once(clinic):
    outcome = race(
        [
            lambda: care_team.add(
                actor=clinic.actor, patient=clinic.patient, practitioner=clinic.practitioner
            )
        ]
        * 10
    )
    assert len(outcome.won) == 1
    assert outcome.refused == {"in_care_team": 9}
    assert CareTeamMember.objects.count() == 1
