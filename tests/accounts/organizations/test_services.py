import pytest
from django.test import Client
from django.urls import reverse

from accounts.actor import Actor
from accounts.errors import Conflict, Invalid, NotAllowed
from accounts.models import BreakGlass, Event, Membership, Organization, User
from accounts.organizations import services as organizations
from accounts.roles import Role
from tests import factories

COMMAND = {"channel": "command"}


def found(**fields):
    return organizations.create(actor=Actor.founder(None, **COMMAND), **fields)


def test_a_clinic_is_founded_with_an_event_of_its_own(db, settings):
    settings.STAFF_IDLE_MINUTES = 30
    clinic = found(name="Riverside", slug="riverside", time_zone="America/Denver")
    assert Event.objects.get().organization == clinic
    assert (clinic.currency, clinic.idle_minutes) == ("USD", 30)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Mars/Olympus"),
        ("currency", "XXX"),
        ("npi", "1234567890"),
        ("tax_id", "1"),
        ("taxonomy", "X"),
        ("name", "N" * 10_000),
        ("name", "Riverside\u202e"),
        ("idle_minutes", 1),
        ("late_cancellation_hours", 10**9),
        ("slug", "not a slug"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_written(db, field, value):
    with pytest.raises(Invalid) as refused:
        found(**{"name": "Riverside", "slug": "riverside", field: value})
    assert refused.value.field == field
    assert not Organization.objects.exists()


def test_an_address_belongs_to_one_clinic(clinic):
    with pytest.raises(Conflict) as refused:
        found(name="Another", slug=clinic.slug)
    assert refused.value.code == "slug_taken"


def test_members_found_no_clinics(admin):
    with pytest.raises(NotAllowed):
        organizations.create(actor=admin, name="Mine", slug="mine")


class TestInstallation:
    @pytest.fixture
    def root(self, db):
        client = Client()
        client.force_login(factories.SuperadminFactory())
        return client

    def test_a_clinic_is_founded_and_closed(self, root, clinic):
        form = root.get(reverse("admin:accounts_organization_add")).context["adminform"].form
        data = {name: form[name].value() or "" for name in form.fields}
        root.post(
            reverse("admin:accounts_organization_add"),
            {**data, "name": "New", "slug": "new", "opens_at": "08:00", "closes_at": "18:00"},
        )
        founded = Organization.objects.get(slug="new")
        assert Event.objects.get(organization=founded).actor_role == Role.SUPERADMIN
        change = reverse("admin:accounts_organization_change", args=[founded.pk])
        form = root.get(change).context["adminform"].form
        data = {name: form[name].value() or "" for name in form.fields}
        assert root.post(change, {**data, "is_active": ""}).status_code == 302
        founded.refresh_from_db()
        assert not founded.is_active
        assert Event.objects.filter(action="organization.updated").count() == 1

    def test_a_user_is_shut_out_and_nothing_else_of_them_changed(self, root, admin):
        change = reverse("admin:accounts_user_change", args=[admin.user.pk])
        root.post(change, {"email": "stolen@example.org", "name": "X", "is_active": ""})
        user = User.objects.get(pk=admin.user.pk)
        assert (user.is_active, user.email) == (False, admin.user.email)

    def test_shutting_a_user_out_is_an_event_here_and_in_their_clinics(self, root, admin):
        change = reverse("admin:accounts_user_change", args=[admin.user.pk])
        root.post(change, {"is_active": "", "is_superuser": "on"})
        of_installation = Event.objects.get(organization=None)
        assert of_installation.action == "user.updated"
        assert of_installation.object_id == admin.user.pk
        assert of_installation.details["changes"] == {
            "is_active": ["True", "False"],
            "is_superuser": ["False", "True"],
            "is_staff": ["False", "True"],
        }
        assert (of_installation.address, of_installation.channel) == ("127.0.0.1", "admin")
        of_clinic = Event.objects.get(organization=admin.organization)
        assert of_clinic.action == "user.deactivated"
        assert of_clinic.actor == of_installation.actor
        assert of_clinic.request_id == of_installation.request_id
        root.post(change, {"is_active": "", "is_superuser": "on"})
        assert Event.objects.count() == 2

    def test_users_cannot_deactivate_themselves(self, root):
        own = User.objects.get()
        root.post(reverse("admin:accounts_user_change", args=[own.pk]), {"is_active": ""})
        own.refresh_from_db()
        assert own.is_active
        assert own.is_superuser

    def test_no_record_and_no_secret_is_in_it(self, root):
        index = root.get(reverse("admin:index")).content.decode()
        for name in ("patient", "guardian", "event", "authenticator", "session", "reservation"):
            assert f"/{name}/" not in index
        Membership.objects.all().delete()
        assert not BreakGlass.objects.exists()
