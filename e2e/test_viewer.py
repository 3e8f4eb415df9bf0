"""A viewer, such as an auditor: sees the whole clinic, explains every number, changes nothing."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.urls import resolve
from playwright.sync_api import Page, expect

from accounts.actor import Actor
from accounts.roles import Role
from e2e import accessibility
from e2e.actions import Actions
from e2e.conftest import SignedIn
from e2e.desk import Desk
from scheduling.models import Appointment
from scheduling.sessions import services as sessions
from tests.permissions.matrix import rows

pytestmark = pytest.mark.django_db(transaction=True)
REFUSED = {row.address for row in rows() if row.method == "GET" and row.outcomes["viewer"] == "403"}
WRITES = "[hx-post], [hx-put], [hx-patch], [hx-delete], [data-move], [data-move-url], .cal-slot"


@pytest.fixture
def viewer(desk: Desk) -> Actor:
    return desk.member(Role.VIEWER)


@pytest.fixture
def appointment(desk: Desk) -> Appointment:
    """To come; and another is over, so that units are used, reserved and left."""
    over = desk.book()
    sessions.start(actor=desk.actor, appointment=over)
    sessions.complete(actor=desk.actor, appointment=over)
    return desk.book(desk.at(9))


def lead_to_entries(page: Page, path: str) -> list[str]:
    """The figures on the page that are one action from their entries; each is tried."""
    page.goto(path)
    links = page.locator("#main a[href*='figure=']")
    expect(links.first).to_be_visible()
    tried = []
    for number in range(links.count()):
        figure = links.nth(number).get_attribute("href").partition("figure=")[2]
        actions = Actions()
        actions.click(links.nth(number))
        expect(page.get_by_role("heading", level=1)).to_have_text("Entries")
        expect(page.locator("#results")).to_contain_text(f"{figure}:")
        assert actions.actions == 1
        tried.append(figure)
        page.goto(path)
        expect(links.first).to_be_visible()
    return tried


def test_every_number_leads_to_its_entries(
    desk: Desk, viewer: Actor, appointment: Appointment, signed_in: SignedIn
) -> None:
    page = signed_in(viewer.user)
    every = ["used", "reserved", "available", "total"]
    url = viewer.url
    assert lead_to_entries(page, url("billing:authorizations")) == ["available"]
    assert lead_to_entries(page, url("accounts:patient", pk=desk.patient.pk)) == every
    assert lead_to_entries(page, url("scheduling:appointment", pk=appointment.pk)) == every
    authorization = url("billing:authorization", pk=desk.authorization.pk)
    assert lead_to_entries(page, authorization) == every
    assert desk.balance()[0] == 10


def test_the_entries_add_up_to_the_number(
    desk: Desk, viewer: Actor, appointment: Appointment, signed_in: SignedIn
) -> None:
    page = signed_in(viewer.user)
    page.goto(viewer.url("billing:authorization", pk=desk.authorization.pk))
    page.get_by_role("link", name="4 reserved").click()
    expect(page.locator("#results")).to_contain_text("that make up 4 reserved")
    assert desk.balance() == (10, 0, 4)


def test_units_on_the_homes_lead_there_too(desk: Desk, viewer: Actor, signed_in: SignedIn) -> None:
    desk.authorization.end_date = desk.organization.today()
    desk.authorization.save(update_fields=["end_date"])
    page = signed_in(viewer.user)
    assert lead_to_entries(page, viewer.url("clinic:home")) == ["available"]


def test_nothing_that_writes_is_in_sight(
    desk: Desk, viewer: Actor, appointment: Appointment, signed_in: SignedIn
) -> None:
    page = signed_in(viewer.user)
    url = viewer.url
    for path in (
        url("clinic:home"),
        desk.week,
        url("scheduling:week"),
        url("scheduling:day"),
        url("scheduling:appointments"),
        url("scheduling:appointment", pk=appointment.pk),
        url("scheduling:sessions"),
        url("accounts:patients"),
        url("accounts:patient", pk=desk.patient.pk),
        url("accounts:practitioner", pk=desk.practitioner.pk),
        url("accounts:members"),
        url("accounts:settings"),
        url("billing:authorizations"),
        url("billing:authorization", pk=desk.authorization.pk),
        url("billing:entries", pk=desk.authorization.pk),
        url("billing:payers"),
        url("billing:service_codes"),
        url("scheduling:locations"),
    ):
        page.goto(path)
        accessibility.settle(page)
        forms = page.locator("form[method=post]").evaluate_all("all => all.map(one => one.action)")
        assert [urlsplit(action).path for action in forms] == ["/account/logout/"], path
        assert page.locator(f":is({WRITES})").count() == 0, path
        links = page.locator("a[href]").evaluate_all("all => all.map(one => one.pathname)")
        assert {resolve(link).view_name for link in links}.isdisjoint(REFUSED), path


def test_an_appointment_opens_beside_the_week_without_a_button(
    desk: Desk, viewer: Actor, appointment: Appointment, signed_in: SignedIn
) -> None:
    page = signed_in(viewer.user)
    page.goto(desk.week)
    page.locator("a.cal-link").click()
    expect(page.locator("#panel")).to_contain_text(desk.authorization.number)
    expect(page.locator("#panel form, #panel button")).to_have_count(0)
