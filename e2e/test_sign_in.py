"""In and out: the password typed, mistaken, forgotten; one's sessions; the choice of a clinic."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from accounts.models import User
from accounts.roles import Role
from e2e.actions import type_password
from e2e.conftest import NewContext, SignedIn
from e2e.desk import Desk
from tests import factories
from tests.accounts.jobs import run_jobs

pytestmark = pytest.mark.django_db(transaction=True)
WRONG = "not-the-password"
NEW = "another-horse-10"
SIGN_IN = re.compile("/account/login/")


@pytest.fixture
def user(desk: Desk) -> User:
    assert desk.actor.user
    return desk.actor.user


@pytest.mark.parametrize("scripting", [True, False], ids=["scripting", "no-scripting"])
def test_sign_in_and_out(desk: Desk, user: User, new_context: NewContext, scripting: bool) -> None:
    page = new_context(java_script_enabled=scripting).new_page()
    page.goto(desk.week)
    expect(page).to_have_url(SIGN_IN)
    type_password(page, user, WRONG)
    expect(page.get_by_role("alert")).to_contain_text("password you specified are not correct")
    expect(page.get_by_label("Email")).to_have_value(user.email)
    type_password(page, user)
    expect(page).to_have_url(re.compile(re.escape(desk.week)))

    page.get_by_label("Your account").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(SIGN_IN)
    page.go_back()  # the browser has kept nothing that it could show
    expect(page).to_have_url(SIGN_IN)
    page.goto(desk.week)
    expect(page).to_have_url(SIGN_IN)


def test_sessions_elsewhere_are_signed_out(desk: Desk, user: User, new_context: NewContext) -> None:
    here, elsewhere = (new_context().new_page() for _ in range(2))
    for page in (here, elsewhere):
        page.goto("/")
        type_password(page, user)
        expect(page.get_by_role("heading", level=1)).to_have_text("Today")
    here.get_by_label("Your account").click()
    here.get_by_role("link", name="Where you are signed in").click()
    expect(here.locator("tbody tr")).to_have_count(2)
    here.get_by_role("button", name="Sign Out Other Sessions").click()
    expect(here.locator("tbody tr")).to_have_count(1)

    elsewhere.goto(desk.week)
    expect(elsewhere).to_have_url(SIGN_IN)
    here.goto(desk.week)
    expect(here.get_by_role("group", name="Week of")).to_be_visible()


def test_a_forgotten_password(user: User, new_context: NewContext) -> None:
    page = new_context().new_page()
    page.goto("/")
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("Email").fill(user.email)
    page.get_by_role("button", name="Reset My Password").click()
    expect(page.locator("#main")).to_contain_text("We have sent you an email")
    run_jobs()
    [link] = re.findall(r"https?://\S+(/account/password/reset/key/\S+)", str(mail.outbox[-1].body))
    page.goto(link)
    page.get_by_label("New password", exact=True).fill(NEW)
    page.get_by_label("New password (again)").fill(NEW)
    page.get_by_role("button", name="Change password").click()
    expect(page.locator("#main")).to_contain_text("Your password is now changed")
    page.goto("/")
    type_password(page, user, NEW)
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")


def test_switch_the_clinic(desk: Desk, user: User, signed_in: SignedIn) -> None:
    second = factories.OrganizationFactory(name="Riverside")
    factories.MembershipFactory(organization=second, user=user, role=Role.VIEWER)
    page = signed_in(user)
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose a clinic")
    page.get_by_role("link", name=desk.organization.name).click()
    switcher = page.locator("details.clinic")
    switcher.click()
    switcher.get_by_role("link", name="Riverside").click()
    expect(switcher.locator("summary")).to_have_text("Riverside")
    expect(page).to_have_url(re.compile(f"/c/{second.slug}/"))
    expect(page.get_by_role("link", name="Open the calendar")).to_have_count(0)
