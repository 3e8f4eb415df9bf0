"""The front desk: book and cancel without leaving the week view, with and without scripting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from accounts.actor import Actor
from accounts.models import Patient, Practitioner
from accounts.services import care_team
from billing.models import Authorization
from billing.services import replay
from e2e.conftest import NewContext, SignIn
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Desk:
    """An administrator of a clinic with one patient, in one practitioner's care."""

    actor: Actor
    patient: Patient
    practitioner: Practitioner
    authorization: Authorization

    @property
    def monday(self) -> date:
        """Of next week, so that every slot is still to come."""
        today = self.actor.organization.today()
        return today + timedelta(days=7 - today.weekday())

    def week_url(self, base_url: str) -> str:
        week = self.actor.url("scheduling:week")
        return f"{base_url}{week}?date={self.monday}&practitioner={self.practitioner.pk}"

    def balance(self) -> tuple[int, int, int]:
        self.authorization.refresh_from_db()
        found = self.authorization
        assert replay.differences() == []
        return found.total_units, found.used_units, found.reserved_units


class Hands:
    """Counts what a person does: clicks, taps, fields filled."""

    def __init__(self) -> None:
        self.actions = 0

    def click(self, target: Locator) -> None:
        self.actions += 1
        target.click()


@pytest.fixture
def desk() -> Desk:
    actor = factories.actor(factories.OrganizationFactory())
    service = factories.ServiceCodeFactory(organization=actor.organization, code="97153")
    authorization = factories.AuthorizationFactory(
        organization=actor.organization, service_codes=[service], units=10
    )
    practitioner = factories.PractitionerFactory(organization=actor.organization)
    care_team.ensure(actor=actor, patient=authorization.patient, practitioner=practitioner)
    return Desk(actor, authorization.patient, practitioner, authorization)


def signed_in(new_context: NewContext, sign_in: SignIn, desk: Desk, **options: object) -> Page:
    context: BrowserContext = new_context(**options)
    assert desk.actor.user is not None
    sign_in(context, desk.actor.user)
    return context.new_page()


def test_book_and_cancel_in_the_week_view(
    desk: Desk, new_context: NewContext, sign_in: SignIn, base_url: str
) -> None:
    page = signed_in(new_context, sign_in, desk)
    page.goto(desk.week_url(base_url))
    hands = Hands()
    hands.click(page.locator("a.cal-slot").nth(4))
    hands.click(page.locator("#panel").get_by_role("link", name=desk.patient.display_name))
    expect(page.locator("#panel")).to_contain_text("this booking")
    hands.click(page.locator("#panel").get_by_role("button", name="Book", exact=True))
    expect(page.locator("#toasts")).to_contain_text("4 units reserved")
    assert hands.actions <= 4
    assert desk.balance() == (10, 0, 4)

    page.goto(desk.week_url(base_url))
    hands = Hands()
    hands.click(page.locator("a.cal-link").first)
    expect(page.locator("#panel")).to_contain_text("Releases 4 units")
    expect(page.locator("#panel")).to_contain_text("not a late cancellation")
    hands.click(page.locator("#panel").get_by_role("button", name="Cancel appointment"))
    expect(page.locator("#toasts")).to_contain_text("4 units released")
    assert hands.actions <= 2
    assert desk.balance() == (10, 0, 0)


def test_book_and_cancel_without_scripting(
    desk: Desk, new_context: NewContext, sign_in: SignIn, base_url: str
) -> None:
    page = signed_in(new_context, sign_in, desk, java_script_enabled=False)
    page.goto(desk.week_url(base_url))
    page.locator("a.cal-slot").nth(4).click()
    page.get_by_role("link", name=desk.patient.display_name).click()
    expect(page.locator("#main")).to_contain_text("this booking")
    page.get_by_role("button", name="Book", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("4 units reserved")
    assert desk.balance() == (10, 0, 4)

    page.locator("a.cal-link").first.click()
    page.get_by_role("button", name="Cancel appointment").click()
    expect(page.locator("#toasts")).to_contain_text("4 units released")
    assert desk.balance() == (10, 0, 0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_are_accessible(
    desk: Desk,
    new_context: NewContext,
    sign_in: SignIn,
    base_url: str,
    assert_accessible: Callable[[Page], None],
    width: int,
    scheme: str,
) -> None:
    page = signed_in(new_context, sign_in, desk, color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    url = desk.actor.url
    for path in (
        url("clinic:home"),
        url("scheduling:week"),
        url("scheduling:day"),
        f"{url('scheduling:book')}?patient={desk.patient.pk}",
        url("scheduling:appointments"),
        url("accounts:patients"),
        url("accounts:patient", pk=desk.patient.pk),
        url("billing:authorizations"),
        url("billing:authorization", pk=desk.authorization.pk),
        url("billing:entries", pk=desk.authorization.pk),
    ):
        page.goto(base_url + path)
        assert_accessible(page)
