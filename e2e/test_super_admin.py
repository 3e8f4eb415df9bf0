"""A super-administrator: every clinic, no patient's record, and the installation's own pages."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from accounts.models import BreakGlass, Event, User
from e2e.conftest import SignedIn
from e2e.desk import Desk
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
REASON = "The clinic asked us to look into a wrong date of birth"


@pytest.fixture
def superadmin() -> User:
    return factories.SuperadminFactory()


def test_clinics_without_their_patients(desk: Desk, superadmin: User, signed_in: SignedIn) -> None:
    desk.book(desk.at(9))
    elsewhere = factories.OrganizationFactory()
    page = signed_in(superadmin)
    page.goto("/")
    expect(page.get_by_role("link", name=elsewhere.name)).to_be_visible()
    page.get_by_role("link", name=desk.organization.name).click()
    expect(page.locator("#main")).to_contain_text("You are here as a super-administrator")
    expect(page.locator("body")).not_to_contain_text(desk.patient.legal_last_name)
    for closed in ("scheduling:week", "scheduling:appointments", "scheduling:sessions"):
        answer = page.goto(desk.actor.url(closed))
        assert answer is not None
        assert answer.status == 403
        expect(page.locator("body")).not_to_contain_text(desk.patient.legal_last_name)


def test_break_the_glass(desk: Desk, superadmin: User, signed_in: SignedIn) -> None:
    page = signed_in(superadmin)
    page.goto(desk.actor.url("clinic:home"))
    page.get_by_label("Find a patient").fill(desk.patient.mrn)
    option = page.get_by_role("listbox").get_by_role("option")
    expect(option).not_to_contain_text("of 10")
    option.click()
    expect(page.locator("#main")).to_contain_text("This record is not open to you.")
    page.get_by_label("Why do you need this record?").fill(REASON)
    page.get_by_role("button", name="Break the glass").click()
    expect(page.locator("#main")).to_contain_text("You broke the glass.")
    expect(page.locator("#main")).to_contain_text("10 available")
    glass = BreakGlass.objects.get()
    assert (glass.user, glass.reason) == (superadmin, REASON)
    assert {event.break_glass for event in Event.objects.filter(action="patient.viewed")} == {glass}
    assert desk.balance() == (10, 0, 0)


def test_the_installation_opens_only_to_them(
    desk: Desk, superadmin: User, signed_in: SignedIn
) -> None:
    page = signed_in(superadmin)
    page.goto("/clinics/")
    page.get_by_role("link", name="The installation").click()
    expect(page.get_by_role("link", name="Organizations")).to_be_visible()

    page = signed_in(desk.actor.user)
    page.goto("/clinics/")
    expect(page.get_by_role("link", name="The installation")).to_have_count(0)
    answer = page.goto("/admin/")
    assert answer is not None
    assert answer.status == 403
