"""The API's documentation, from our own host: both pages draw themselves without a complaint."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import SignedIn
from e2e.desk import Desk

SLOW = 90_000  # both draw some hundred endpoints

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(desk: Desk, signed_in: SignedIn, base_url: str) -> Page:
    """The list of API keys, whence both are one step away."""
    page = signed_in(desk.actor.user)
    page.goto(base_url + desk.actor.url("accounts:api_keys"))
    return page


def watched(page: Page, base_url: str) -> list[str]:
    """What the page asks of other hosts."""
    elsewhere: list[str] = []

    def on_request(request: object) -> None:
        url = str(getattr(request, "url", ""))
        if not url.startswith((base_url, "data:", "blob:")):
            elsewhere.append(url)

    page.on("request", on_request)
    return elsewhere


def test_swagger_draws_every_endpoint_and_shows_one(page: Page, base_url: str) -> None:
    elsewhere = watched(page, base_url)
    page.get_by_role("link", name="API documentation").click()
    booking = page.locator("#operations-appointments-appointments_create")
    expect(booking).to_contain_text("Book an appointment and reserve its units", timeout=SLOW)
    booking.locator("button.opblock-summary-control").click(timeout=SLOW)
    expect(booking).to_contain_text("Idempotency-Key", timeout=SLOW)
    expect(booking).to_contain_text('"practitioner_id": 151')
    assert elsewhere == []


def test_redoc_draws_every_endpoint(page: Page, base_url: str) -> None:
    elsewhere = watched(page, base_url)
    page.get_by_role("link", name="API reference").click()
    heading = page.get_by_role("heading", name="Book an appointment and reserve its units")
    expect(heading).to_be_attached(timeout=SLOW)
    expect(page.get_by_role("heading", name="Caretally", exact=False).first).to_be_visible()
    assert elsewhere == []
