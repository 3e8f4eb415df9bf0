"""Who signs in or out, fails to, or changes how: each clinic of theirs sees it, without secrets."""

import json

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import Event
from accounts.roles import Role
from tests import factories
from tests.accounts.jobs import run_jobs
from tests.accounts.sign_in.test_second_factor import at_own_account, code_now
from tests.accounts.sign_in.test_sign_in import sign_in
from tests.api.client import ApiClient

NEW = "another-horse-7"


@pytest.fixture
def user(admin):
    return admin.user


def events_of(action: str) -> list[Event]:
    return list(Event.objects.filter(action=action).order_by("id"))


def only_event(action: str) -> Event:
    [event] = events_of(action)
    return event


def test_signing_out_is_recorded_in_each_clinic(user, admin, elsewhere):
    factories.MembershipFactory(organization=elsewhere, user=user, role=Role.VIEWER)
    client = Client()
    sign_in(client, user)
    client.post(reverse("account_logout"))
    out = events_of("user.signed_out")
    assert {(event.organization, event.actor) for event in out} == {
        (admin.organization, user),
        (elsewhere, user),
    }
    assert {event.address for event in out} == {"127.0.0.1"}


def test_a_failed_sign_in_names_whom_somebody_tried_to_be(user, admin, as_user):
    sign_in(Client(), user, password="my-secret-guess")
    event = only_event("user.sign_in_failed")
    assert (event.actor, event.object_id, event.organization) == (None, user.pk, admin.organization)
    assert event.details == {"factor": "password"}
    page = as_user(admin).get(admin.url("accounts:audit") + "?action=user.sign_in_failed")
    assert "Somebody" in page.content.decode()


def test_an_unknown_address_leaves_nothing(user):
    for typed in ("nobody@example.org", "a-password-in-the-wrong-field"):
        Client().post(reverse("account_login"), {"login": typed, "password": "x"})
    assert not Event.objects.exists()


def test_an_apps_sign_in_has_its_own_channel(user):
    entered = {"email": user.email, "password": "wrong"}
    ApiClient().post("/api/auth/app/v1/auth/login", entered)
    assert only_event("user.sign_in_failed").channel == "app"
    entered["password"] = factories.PASSWORD
    token = ApiClient().post("/api/auth/app/v1/auth/login", entered).json()["meta"]["access_token"]
    assert only_event("user.signed_in").channel == "app"
    ApiClient(token).delete("/api/auth/app/v1/auth/session")
    assert only_event("user.signed_out").channel == "app"


def test_a_super_administrators_event_has_no_clinic(clinic, elsewhere):
    superadmin = factories.SuperadminFactory()
    sign_in(Client(), superadmin)
    event = only_event("user.signed_in")
    assert (event.organization, event.actor, event.actor_role) == (None, superadmin, "superadmin")


def test_a_user_without_clinics_leaves_an_event_without_clinic(db):
    user = factories.UserFactory()
    sign_in(Client(), user)
    assert only_event("user.signed_in").organization is None


def test_a_password_change_is_recorded_without_the_password(user):
    typed = {"oldpassword": factories.PASSWORD, "password1": NEW, "password2": NEW}
    at_own_account(user).post(reverse("account_change_password"), typed)
    assert only_event("user.password_changed").actor == user
    assert NEW not in json.dumps(list(Event.objects.values()), default=str)


def test_a_password_reset_is_recorded(user):
    client = Client()
    client.post(reverse("account_reset_password"), {"email": user.email})
    run_jobs()
    link = next(word for word in mail.outbox[-1].body.split() if "/password/reset/key/" in word)
    form = client.get(link.removeprefix("http://testserver"), follow=True)
    client.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    assert only_event("user.password_reset").object_id == user.pk


def test_a_second_factor_is_recorded_with_its_kind(user, django_capture_on_commit_callbacks):
    client = at_own_account(user)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})
    assert "totp" in [event.details["factor"] for event in events_of("user.factor_added")]
    other = Client()
    sign_in(other, user)
    other.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert only_event("user.sign_in_failed").details["factor"] == "totp"
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_deactivate_totp"))
    assert "totp" in [event.details["factor"] for event in events_of("user.factor_removed")]
    assert secret not in json.dumps(list(Event.objects.values()), default=str)


def test_an_email_change_is_recorded_without_the_address(user):
    client = at_own_account(user)
    typed = {"email": "another@example.org", "action_add": ""}
    client.post(reverse("account_email"), typed)
    run_jobs()
    link = next(word for word in mail.outbox[-1].body.split() if "/confirm-email/" in word)
    client.post(link.removeprefix("http://testserver"))
    assert only_event("user.email_changed").actor == user
    assert "another@" not in json.dumps(list(Event.objects.values()), default=str)


def test_ending_other_sessions_is_recorded(user):
    for _ in range(2):
        sign_in(Client(), user)
    at_own_account(user).post(reverse("usersessions_list"))
    assert only_event("user.sessions_ended").details == {"sessions": 2}
