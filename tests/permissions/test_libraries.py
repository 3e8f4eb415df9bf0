"""The addresses that libraries bring: one rule for each of them."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from tests.factories import PASSWORD
from tests.permissions.cast import CAST, World
from tests.permissions.site import Address, addresses

ADMIN = [one for one in addresses() if one.route.startswith("admin/")]
ACCOUNT = [one for one in addresses() if one.route.startswith("account/")]
# What somebody needs who is not signed in; all else of one's account asks to sign in.
OPEN = {
    "account_confirm_email",
    "account_confirm_login_code",
    "account_email_verification_sent",
    "account_inactive",
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_signup",
    "mfa_authenticate",
    "mfa_login_webauthn",
}


def path_of(address: Address) -> str:
    known = {"key": "a-key", "uidb36": "1", "app_label": "account", "url": "nothing/"}
    try:
        return reverse(
            address.name, kwargs={name: known.get(name, 1) for name in address.arguments}
        )
    except NoReverseMatch:  # the admin's redirects of old addresses have no name
        return f"/{address.route.split('<')[0].split('(')[0]}1/"


def test_only_superadministrators_enter_the_admin(world: World) -> None:
    entered = [
        (person, method, address.name, answer.status_code)
        for address in ADMIN
        for person in CAST
        if person != "superadmin"
        for method in ("get", "post")
        if (answer := getattr(world.clients[person], method)(path_of(address))).status_code
        not in (302, 403, 404)
    ]
    assert entered == []


def test_superadministrators_see_the_admin(world: World) -> None:
    admin = world.clients["superadmin"]
    for address in ADMIN:
        with transaction.atomic():
            status = admin.get(path_of(address)).status_code
            transaction.set_rollback(True)
        assert status < 500, address
        if address.name.endswith(("_changelist", ":index")):
            assert status == 200, address


def test_ones_account_asks_to_sign_in(world: World) -> None:
    to_sign_in = reverse(settings.LOGIN_URL)
    for address in ACCOUNT:
        answer = world.clients["nobody"].get(path_of(address))
        is_sent = answer.status_code == 302 and answer["Location"].startswith(to_sign_in)
        assert answer.status_code < 500, address
        assert is_sent or address.name in OPEN or answer.status_code in (401, 404), address


def test_sign_up_is_closed(world: World) -> None:
    before = User.objects.count()
    answers = {"email": "x@example.org", "password1": PASSWORD, "password2": PASSWORD}
    world.clients["nobody"].post(reverse("account_signup"), answers)
    assert User.objects.count() == before
