"""The front desk: book and cancel without leaving the week view, with and without scripting."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import SignedIn
from e2e.desk import Desk
from e2e.hands import Hands

pytestmark = pytest.mark.django_db(transaction=True)


def test_book_and_cancel_in_the_week_view(desk: Desk, signed_in: SignedIn) -> None:
    page = signed_in(desk.actor.user)
    page.goto(desk.week)
    hands = Hands()
    hands.click(page.locator("a.cal-slot").nth(4))
    hands.click(page.locator("#panel").get_by_role("link", name=desk.patient.display_name))
    expect(page.locator("#panel")).to_contain_text("this booking")
    hands.click(page.locator("#panel").get_by_role("button", name="Book", exact=True))
    expect(page.locator("#toasts")).to_contain_text("4 units reserved")
    assert hands.actions <= 4
    assert desk.balance() == (10, 0, 4)

    page.goto(desk.week)
    hands = Hands()
    hands.click(page.locator("a.cal-link").first)
    expect(page.locator("#panel")).to_contain_text("Releases 4 units")
    expect(page.locator("#panel")).to_contain_text("not a late cancellation")
    hands.click(page.locator("#panel").get_by_role("button", name="Cancel appointment"))
    expect(page.locator("#toasts")).to_contain_text("4 units released")
    assert hands.actions <= 2
    assert desk.balance() == (10, 0, 0)


def test_book_and_cancel_without_scripting(desk: Desk, signed_in: SignedIn) -> None:
    page = signed_in(desk.actor.user, java_script_enabled=False)
    page.goto(desk.week)
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
    signed_in: SignedIn,
    assert_accessible: Callable[[Page], None],
    width: int,
    scheme: str,
) -> None:
    page = signed_in(desk.actor.user, color_scheme=scheme)
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
        page.goto(path)
        assert_accessible(page)
