"""A list: filtered while one types, sorted, left and come back to."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from e2e.conftest import SignedIn
from e2e.desk import Desk

pytestmark = pytest.mark.django_db(transaction=True)


def test_filters_draw_the_rows_and_back_draws_the_page(desk: Desk, signed_in: SignedIn) -> None:
    page = signed_in(desk.actor.user)
    page.goto(desk.actor.url("billing:authorizations"))
    search = page.get_by_label("Patient or number")
    rows = page.locator("#results tbody tr")
    clear = page.get_by_role("link", name="Clear")
    expect(rows).to_have_count(1)
    expect(clear).to_be_hidden()

    with page.expect_response("**search=*") as answered:
        search.fill(desk.patient.legal_last_name)
    assert "<html" not in answered.value.text()
    expect(rows).to_have_count(1)
    expect(clear).to_be_visible()
    page.get_by_role("link", name="Number", exact=True).click()
    expect(page).to_have_url(re.compile(r"search=\w.*sort=number"))
    page.get_by_label("State").select_option("active")
    expect(page).to_have_url(re.compile(r"state=active.*sort=number"))

    rows.get_by_role("link", name=desk.authorization.number).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(desk.authorization.number)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Authorizations")
    expect(search).to_have_value(desk.patient.legal_last_name)
    clear.click()
    expect(search).to_have_value("")
