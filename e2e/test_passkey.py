"""A passkey instead of the password, kept by an authenticator that Chromium plays."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from playwright.sync_api import Page, expect

from e2e.actions import type_password
from e2e.conftest import NewContext
from e2e.desk import Desk
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def give_authenticator(page: Page) -> None:
    """One that keeps passkeys, and whose owner always gives a fingerprint."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_register_a_passkey_and_sign_in_by_it(
    desk: Desk, new_context: NewContext, base_url: str, settings: Any
) -> None:
    user = desk.actor.user
    assert user is not None
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # as in the demo: there is no TLS here
    # A passkey belongs to a name; an address of numbers is none.
    site = base_url.replace("127.0.0.1", "localhost")
    page = new_context().new_page()
    give_authenticator(page)
    page.goto(site)
    type_password(page, user)
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")

    page.goto(site + reverse("mfa_add_webauthn"))
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    key = Authenticator.objects.get(user=user, type=Authenticator.Type.WEBAUTHN)
    assert key.wrap().is_passwordless

    page.locator("summary[aria-label='Your account']").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto(site + desk.week)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("group", name="Week of")).to_be_visible()
    key.refresh_from_db()
    assert key.last_used_at is not None
