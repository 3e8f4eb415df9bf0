"""One's own sign-in: a second factor, codes to fall back on, another address."""

import re
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.accounts.jobs import run_jobs
from tests.accounts.sign_in.test_sign_in import sign_in


def code_now(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def at_own_account(user):
    """Signed in, and having given the password once more, as changing one's sign-in asks."""
    client = Client()
    sign_in(client, user)
    client.post(reverse("account_reauthenticate"), {"password": factories.PASSWORD})
    return client


def is_in(client):
    return client.get(reverse("accounts:clinics")).status_code == 200


@pytest.fixture
def user(admin):
    return admin.user


@pytest.fixture
def secret(user):
    """Of the authenticator app that the user has just added."""
    client = at_own_account(user)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    wrong = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert wrong.context["form"].errors
    client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})
    assert Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
    return secret


def test_a_password_alone_does_not_open_it_any_more(user, secret):
    client = Client()
    answer = sign_in(client, user)
    assert answer["Location"].startswith(reverse("mfa_authenticate"))
    assert not is_in(client)
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert not is_in(client)
    with time_machine.travel(time.time() + 60):  # each code counts once
        client.post(reverse("mfa_authenticate"), {"code": code_now(secret)})
        assert is_in(client)


def test_a_recovery_code_opens_it_once(user, secret):
    row = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    code = RecoveryCodes(row).get_unused_codes()[0]
    outcomes = []
    for client in (Client(), Client()):
        sign_in(client, user)
        client.post(reverse("mfa_authenticate"), {"code": code})
        outcomes.append(is_in(client))
    assert outcomes == [True, False]


@pytest.mark.parametrize("name", ["mfa_activate_totp", "mfa_add_webauthn", "account_email"])
def test_an_open_screen_is_not_enough_to_change_it(user, name):
    client = Client()
    sign_in(client, user)
    answer = client.post(reverse(name), {"email": "new@example.org", "action_add": ""})
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert not mail.outbox


def test_another_address_counts_once_its_mail_was_opened(user):
    client, before = at_own_account(user), user.email
    client.post(reverse("account_email"), {"email": "new@example.org", "action_add": ""})
    user.refresh_from_db()
    assert user.email == before
    run_jobs()
    message = next(one for one in mail.outbox if one.to == ["new@example.org"])
    link = re.search(r"https?://\S+", message.body).group()
    client.post(link)
    user.refresh_from_db()
    assert user.email == "new@example.org"
    assert sign_in(Client(), user)["Location"] == "/"
