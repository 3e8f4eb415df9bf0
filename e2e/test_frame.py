"""What the modules of static/js/app/ add to every page: keys, menus, panel, dialog, forms, idle."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Dialog, Page, expect

from accounts.models import Organization
from e2e.conftest import COMPLAINTS, SignedIn, heard
from e2e.desk import Desk

pytestmark = pytest.mark.django_db(transaction=True)
STATE = "aria-pressed"
# Both submits are in one task: the page cannot have been left between them.
SEND_TWICE = "form => { form.requestSubmit(); form.requestSubmit(); }"


@pytest.fixture
def page(desk: Desk, signed_in: SignedIn) -> Page:
    """The week view, at one practitioner."""
    page = signed_in(desk.actor.user)
    page.goto(desk.week)
    return page


def open_booking(page: Page, desk: Desk) -> None:
    page.locator("a.cal-slot").nth(4).click()
    page.locator("#panel").get_by_role("link", name=desk.patient.display_name).click()
    expect(page.locator("#booking")).to_be_visible()


def until_active(page: Page) -> None:
    """The page's own clock stands still, and with it what Playwright would wait with."""
    for _ in range(100):
        if page.evaluate("localStorage.getItem('active')"):
            return
        page.wait_for_timeout(50)
    pytest.fail("The server was not asked, or the page did not hear of its answer.")


def forgive(page: Page, request: pytest.FixtureRequest) -> None:
    """What the browser complained of was brought about on purpose."""
    heard(page.context)
    request.node.stash[COMPLAINTS].clear()


def test_shortcuts_can_be_switched_off(page: Page) -> None:
    search = page.get_by_label("Find a patient")
    account = page.get_by_label("Your account")
    switch = page.get_by_role("button", name="Keyboard shortcuts")
    account.click()
    expect(switch).to_have_attribute(STATE, "true")
    switch.click()
    expect(switch).to_have_attribute(STATE, "false")
    page.keyboard.press("Escape")

    page.reload()
    page.keyboard.press("/")
    expect(search).not_to_be_focused()
    page.keyboard.press("n")  # of the calendar
    page.locator("a.cal-slot").first.focus()
    page.keyboard.press("ArrowDown")  # not a single letter: stays
    expect(page.locator("a.cal-slot").nth(1)).to_be_focused()
    expect(page.locator("#panel")).to_be_empty()

    account.click()
    switch.click()
    expect(switch).to_have_attribute(STATE, "true")
    page.keyboard.press("Escape")
    page.locator("a.cal-slot").first.focus()
    page.keyboard.press("n")
    expect(page.locator("#panel")).to_contain_text("New booking")
    page.keyboard.press("Escape")
    page.locator("main").click(position={"x": 2, "y": 2})
    page.keyboard.press("/")
    expect(search).to_be_focused()


def test_a_menu_closes_on_escape_and_on_a_click_elsewhere(page: Page) -> None:
    account = page.get_by_label("Your account")
    sign_out = page.get_by_role("button", name="Sign out")
    account.click()
    expect(sign_out).to_be_visible()
    page.keyboard.press("Escape")
    expect(sign_out).to_be_hidden()
    expect(account).to_be_focused()
    account.click()
    page.locator("main").click(position={"x": 2, "y": 2})
    expect(sign_out).to_be_hidden()


def test_escape_in_the_panel_gives_the_focus_back(page: Page) -> None:
    slot = page.locator("a.cal-slot").nth(4)
    slot.click()
    expect(page.locator("#panel")).to_contain_text("New booking")
    expect(slot).to_have_attribute("aria-current", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_empty()
    expect(slot).to_be_focused()
    expect(slot).not_to_have_attribute("aria-current", "true")


def test_a_dialog_closes_and_gives_the_focus_back(desk: Desk, page: Page) -> None:
    page.goto(desk.actor.url("accounts:patient", pk=desk.patient.pk))
    remove = page.get_by_role("link", name=re.compile("out of the care team")).first
    dialog = page.get_by_role("dialog")
    remove.click()
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(remove).to_be_focused()


def test_unsaved_changes_are_left_only_after_a_confirmation(desk: Desk, page: Page) -> None:
    asked: list[str] = []
    open_booking(page, desk)
    panel = page.locator("#panel")
    panel.get_by_label("Minutes").fill("45")

    def refuse(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.once("dialog", refuse)
    page.keyboard.press("Escape")
    expect(panel.get_by_label("Minutes")).to_have_value("45")
    assert asked == ["Leave without saving what you entered?"]
    page.once("dialog", lambda dialog: dialog.accept())
    page.keyboard.press("Escape")
    expect(panel).to_be_empty()


def test_another_time_is_taken_into_the_booking_that_is_entered(desk: Desk, page: Page) -> None:
    open_booking(page, desk)
    other = page.locator("a.cal-slot").nth(8)
    other.click()
    day, start = (other.get_attribute("data-start") or "").split("T")
    expect(page.locator("#panel").get_by_label("Date")).to_have_value(day)
    expect(page.locator("#panel").get_by_label("Start")).to_have_value(start)
    expect(page.locator(".cal-slot[aria-current]")).to_have_attribute(
        "data-start", f"{day}T{start}"
    )


def test_a_plain_form_is_sent_once(page: Page) -> None:
    sent: list[str] = []
    page.on("request", lambda one: one.method == "POST" and sent.append(one.url))
    with page.expect_navigation():
        page.locator("form[action*=logout]").evaluate(SEND_TWICE)
    assert len(sent) == 1


def test_a_lost_connection_claims_nothing_about_what_was_saved(
    page: Page, request: pytest.FixtureRequest
) -> None:
    page.route("**/book/**", lambda route: route.abort())
    page.locator("a.cal-slot").nth(4).click()
    toast = page.locator("#toasts")
    expect(toast).to_contain_text(
        "The connection failed: reload the page and check what was saved before you try again."
    )
    toast.get_by_role("button", name="Dismiss").click()
    expect(toast).to_be_empty()
    forgive(page, request)


def test_a_server_error_claims_nothing_about_what_was_saved(
    page: Page, request: pytest.FixtureRequest
) -> None:
    page.route("**/book/**", lambda route: route.fulfill(status=502, body="Bad gateway"))
    page.locator("a.cal-slot").nth(4).click()
    expect(page.locator("#toasts")).to_contain_text(
        "Something went wrong on our side: reload the page and check what was saved "
        "before you try again."
    )
    expect(page.locator("#panel")).to_be_empty()
    forgive(page, request)


def test_idle_time_ends_with_a_warning_and_then_the_page(desk: Desk, signed_in: SignedIn) -> None:
    Organization.objects.update(idle_minutes=15)
    page = signed_in(desk.actor.user)
    page.clock.install()
    page.goto(desk.week)
    warning = page.get_by_text("You will be signed out in a minute.")
    page.clock.fast_forward("13:59")
    expect(warning).to_have_count(0)
    page.clock.fast_forward("00:02")
    expect(warning).to_be_visible()
    page.evaluate("localStorage.removeItem('active')")
    page.get_by_role("button", name="Stay signed in").click()
    expect(warning).to_have_count(0)
    until_active(page)

    page.clock.fast_forward("14:01")
    expect(warning).to_be_visible()
    with page.expect_navigation():
        page.clock.fast_forward("01:01")


def test_a_phones_strip_of_days_marks_those_in_sight(desk: Desk, signed_in: SignedIn) -> None:
    page = signed_in(desk.actor.user, size={"width": 390, "height": 844})
    page.goto(desk.week)
    marked = page.locator(".cal-strip a[aria-current]")
    expect(marked.first).to_have_attribute("href", f"#column-{desk.monday:%Y%m%d}")
    page.locator(".cal").evaluate("grid => grid.scrollLeft = grid.scrollWidth")
    expect(page.locator(".cal-strip a").first).not_to_have_attribute("aria-current", "true")
    expect(marked).not_to_have_count(0)
