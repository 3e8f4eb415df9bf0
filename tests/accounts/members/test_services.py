import pytest

from accounts.errors import Conflict, Invalid, NotAllowed, NotFound
from accounts.members import services as members
from accounts.models import Event, Membership
from accounts.roles import Role
from tests import factories


@pytest.fixture
def own(admin):
    return Membership.objects.get(user=admin.user)


def test_the_last_administrator_stays(admin, own):
    deeds = [
        lambda: members.deactivate(actor=admin, membership=own),
        lambda: members.update_role(actor=admin, membership=own, role=Role.VIEWER),
    ]
    for deed in deeds:
        with pytest.raises(Conflict) as refused:
            deed()
        assert refused.value.code == "last_administrator"
    own.refresh_from_db()
    assert (own.role, own.is_active) == (Role.ADMIN, True)
    assert not Event.objects.exists()


@pytest.mark.parametrize("gone", ["membership", "user"])
def test_an_administrator_who_cannot_sign_in_does_not_count(admin, own, gone):
    other = Membership.objects.get(user=factories.actor(admin.organization).user)
    if gone == "membership":
        Membership.objects.filter(pk=other.pk).update(is_active=False)
    else:
        other.user.is_active = False
        other.user.save(update_fields=["is_active"])
    with pytest.raises(Conflict):
        members.deactivate(actor=admin, membership=own)


def test_an_administrator_may_leave_when_another_stays(admin, own):
    factories.actor(admin.organization)
    members.deactivate(actor=admin, membership=own)
    assert Event.objects.get().action == "member.deactivated"


def test_a_role_change_is_recorded_once(admin):
    member = Membership.objects.get(user=factories.actor(admin.organization, Role.VIEWER).user)
    for _ in range(2):
        members.update_role(actor=admin, membership=member, role=Role.ADMIN)
    event = Event.objects.get()
    assert (event.details["before"], event.details["after"]) == ("viewer", "admin")


@pytest.mark.parametrize("role", [Role.SUPERADMIN, Role.SYSTEM, "owner"])
def test_only_member_roles_can_be_given(admin, own, role):
    factories.actor(admin.organization)
    with pytest.raises(Invalid):
        members.update_role(actor=admin, membership=own, role=role)


def test_a_deactivated_member_is_out_at_the_next_click(admin, viewer, as_user):
    client = as_user(viewer)
    address = viewer.url("accounts:patients")
    assert client.get(address).status_code == 200
    member = Membership.objects.get(user=viewer.user)
    members.deactivate(actor=admin, membership=member)
    assert client.get(address)["Location"].startswith("/account/login/")
    members.reactivate(actor=admin, membership=member)
    assert client.get(address).status_code == 302
    assert as_user(viewer).get(address).status_code == 200


def test_a_member_of_another_clinic_stays_signed_in(admin, viewer, elsewhere, as_user):
    factories.MembershipFactory(organization=elsewhere, user=viewer.user, role=Role.VIEWER)
    client = as_user(viewer)
    client.get(viewer.url("accounts:patients"))
    member = Membership.objects.get(user=viewer.user, organization=admin.organization)
    members.deactivate(actor=admin, membership=member)
    assert client.get(viewer.url("accounts:patients")).status_code == 404
    assert client.get(f"/c/{elsewhere.slug}/patients/").status_code == 200


def test_another_clinics_member_is_not_found(admin, elsewhere):
    theirs = Membership.objects.get(user=factories.actor(elsewhere, Role.VIEWER).user)
    with pytest.raises(NotFound):
        members.deactivate(actor=admin, membership=theirs)
    with pytest.raises(NotFound):
        members.update_role(actor=admin, membership=theirs, role=Role.ADMIN)


def test_viewers_change_no_member(viewer, own):
    with pytest.raises(NotAllowed):
        members.deactivate(actor=viewer, membership=own)
