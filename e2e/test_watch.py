"""The browser's complaints are heard: else the other tests would prove nothing by its silence."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from e2e import accessibility
from e2e.conftest import COMPLAINTS, NewContext, heard

STYLE = "document.body.setAttribute('style', 'color: red')"
SCRIPT = """() => {
    const script = document.createElement("script");
    script.textContent = "window.hacked = true";
    document.head.append(script);
}"""
FOREIGN = (
    "document.body.append(Object.assign(new Image(), {src: 'http://elsewhere.example/x.png'}))"
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(new_context: NewContext) -> Page:
    page = new_context().new_page()
    page.goto("/account/login/")
    return page


def complaints(request: pytest.FixtureRequest, page: Page) -> list[str]:
    """What was heard, which is then forgiven."""
    heard(page.context)
    found = request.node.stash[COMPLAINTS][:]
    request.node.stash[COMPLAINTS].clear()
    return found


def test_silence_where_nothing_is_wrong(page: Page, request: pytest.FixtureRequest) -> None:
    assert complaints(request, page) == []


@pytest.mark.parametrize("breach", [STYLE, SCRIPT, FOREIGN], ids=["style", "script", "image"])
def test_what_the_policy_forbids(page: Page, request: pytest.FixtureRequest, breach: str) -> None:
    page.evaluate(breach)
    found = complaints(request, page)
    assert any("Content Security Policy" in complaint for complaint in found), found
    assert page.evaluate("window.hacked") is None


def test_a_script_that_fails(page: Page, request: pytest.FixtureRequest) -> None:
    page.evaluate("setTimeout(() => { throw new Error('broken on purpose') })")
    page.wait_for_timeout(50)
    assert any("broken on purpose" in complaint for complaint in complaints(request, page))


def test_what_axe_calls_serious(page: Page) -> None:
    page.evaluate("document.querySelector('#main').append(document.createElement('button'))")
    assert any("button-name" in problem for problem in accessibility.problems(page))


def test_what_scrolls_sideways(page: Page) -> None:
    page.evaluate("document.querySelector('#main h1').append('wide'.repeat(100))")
    page.evaluate("document.querySelector('#main h1').style.whiteSpace = 'nowrap'")
    assert any(
        "scrolls sideways" in problem for problem in accessibility.PageAudit(page).problems()
    )
