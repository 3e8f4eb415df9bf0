"""A first visit, with nothing in the browser's cache: its weight, and how its scripts are found."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Request

from e2e.conftest import NewContext, SignIn
from e2e.desk import Desk

pytestmark = pytest.mark.django_db(transaction=True)
MAX_BYTES = 100_000
TRANSFERRED = """() => [...performance.getEntriesByType("navigation"),
    ...performance.getEntriesByType("resource")].reduce((sum, one) => sum + one.transferSize, 0)"""


@pytest.mark.parametrize("place", ["sign-in", "home", "everybody's week", "one's week"])
def test_a_first_visit_is_light_and_the_page_itself_names_its_scripts(
    desk: Desk, new_context: NewContext, sign_in: SignIn, place: str
) -> None:
    context = new_context()
    if place != "sign-in":
        sign_in(context, desk.actor.user)
    page = context.new_page()
    requests: list[Request] = []
    page.on("request", lambda one: requests.append(one))
    address = {
        "sign-in": "/account/login/",
        "home": desk.actor.url("clinic:home"),
        "everybody's week": desk.everybodys_week,
        "one's week": desk.week,
    }[place]
    answer = page.goto(address, wait_until="networkidle")

    assert answer is not None
    assert 0 < page.evaluate(TRANSFERRED) <= MAX_BYTES
    html = answer.text()
    scripts = [urlsplit(one.url).path for one in requests if one.resource_type == "script"]
    assert [path for path in scripts if "/js/app/" in path]
    # What only a script names is asked for after that script has come: a step more for each.
    assert [path for path in scripts if f'"{path}"' not in html] == []
    assert len(scripts) == len(set(scripts))
