import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import Event, Membership, User
from accounts.roles import Role
from tests import factories
from tests.accounts.jobs import run_jobs, waiting


def sign_in(client, user, password=factories.PASSWORD):
    return client.post(reverse("account_login"), {"login": user.email, "password": password})


def test_one_clinic_is_entered_at_once(admin):
    client = Client()
    assert sign_in(client, admin.user)["Location"] == "/"
    assert client.get("/")["Location"] == admin.url("clinic:home")


def test_signing_in_is_an_event_in_each_clinic_it_opens(admin, elsewhere):
    factories.MembershipFactory(organization=elsewhere, user=admin.user, role=Role.VIEWER)
    closed = factories.MembershipFactory(user=admin.user, is_active=False)
    sign_in(Client(), admin.user, password="wrong")
    assert not Event.objects.filter(action="user.signed_in").exists()
    sign_in(Client(), admin.user)
    events = Event.objects.filter(action="user.signed_in", actor=admin.user)
    assert {event.organization for event in events} == {admin.organization, elsewhere}
    assert closed.organization not in {event.organization for event in events}
    assert {event.address for event in events} == {"127.0.0.1"}


def test_several_clinics_are_chosen_from(admin, elsewhere):
    factories.MembershipFactory(organization=elsewhere, user=admin.user)
    client = Client()
    sign_in(client, admin.user)
    assert client.get("/")["Location"] == "/clinics/"
    page = client.get("/clinics/").content
    assert b"Riverside" in page
    assert b"Elsewhere" in page


def test_super_administrators_choose_too(clinic):
    client = Client()
    sign_in(client, factories.SuperadminFactory())
    assert client.get("/")["Location"] == "/clinics/"
    assert b"Riverside" in client.get("/clinics/").content


def test_an_inactive_clinic_is_closed_to_everybody(admin, as_user):
    admin.organization.is_active = False
    admin.organization.save(update_fields=["is_active"])
    assert as_user(admin).get(admin.url("clinic:home")).status_code == 404


def test_a_deactivated_user_cannot_sign_in(admin):
    admin.user.is_active = False
    admin.user.save(update_fields=["is_active"])
    client = Client()
    sign_in(client, admin.user)
    assert client.get("/")["Location"].startswith("/account/login/")


def test_a_user_without_clinics_reads_what_to_do(admin):
    Membership.objects.update(is_active=False)
    client = Client()
    sign_in(client, admin.user)
    assert client.get("/")["Location"] == "/clinics/"
    assert b"no clinic is open to this account" in client.get("/clinics/").content


def test_a_failed_sign_in_does_not_reveal_whether_the_address_exists(admin):
    answers = [
        sign_in(Client(), admin.user, password="wrong"),
        sign_in(Client(), User(email="nobody@example.org"), password="wrong"),
    ]
    for answer in answers:
        assert b"e-mail address and/or password" in answer.content.replace(b"email", b"e-mail")


def test_guessing_a_password_is_slowed_down(admin):
    client = Client()
    for _ in range(6):
        answer = sign_in(client, admin.user, password="wrong")
    assert b"Too many failed" in answer.content or answer.status_code == 429
    assert sign_in(client, admin.user).status_code != 302


def test_sign_up_is_closed(db):
    answer = Client().get(reverse("account_signup"))
    assert b'name="password1"' not in answer.content


def test_a_forgotten_password_is_reset_by_mail_from_the_queue(admin):
    Client().post(reverse("account_reset_password"), {"email": admin.user.email})
    assert not mail.outbox
    run_jobs()
    [message] = mail.outbox
    assert message.to == [admin.user.email]
    link = next(line for line in message.body.splitlines() if "http" in line).strip()
    client = Client()
    form = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": "another-long-1", "password2": "another-long-1"})
    assert sign_in(Client(), admin.user, password="another-long-1").status_code == 302


def test_an_unknown_address_gets_no_mail_and_the_same_answer(admin):
    answers = [
        Client().post(reverse("account_reset_password"), {"email": email}).headers["Location"]
        for email in (admin.user.email, "nobody@example.org")
    ]
    assert answers[0] == answers[1]
    assert len(waiting()) == 1


@pytest.mark.parametrize(
    "name",
    [
        "account_email",
        "account_change_password",
        "mfa_index",
        "usersessions_list",
    ],
)
def test_ones_own_account_has_its_pages(admin, name):
    client = Client()
    sign_in(client, admin.user)
    assert client.get(reverse(name)).status_code == 200


def test_elsewhere_one_can_be_signed_out_from_here(admin):
    here, there = Client(), Client()
    for client in (here, there):
        sign_in(client, admin.user)
        client.get("/clinics/")
    here.post(reverse("usersessions_list"))
    assert here.get("/clinics/").status_code == 200
    assert there.get("/clinics/").status_code == 302
