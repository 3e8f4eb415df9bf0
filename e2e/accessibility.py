"""Looks at a page for those who cannot take it as most do: by axe, in the dark, on a phone."""

from __future__ import annotations

import re
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 390, "height": 844}
# What stands around the pages, less the keys in its forms, which are new every time.
FRAME = """() => Object.fromEntries([".sidebar", ".topbar", ".tab-bar"]
    .map(selector => [selector, document.querySelector(selector)])
    .filter(([, one]) => one)
    .map(([selector, one]) => [selector, one.outerHTML.replace(/ value="[^"]*"/g, "")]))"""
IN_THE_DARK = {"type": "rule", "values": ["color-contrast", "target-size"]}
SEVERE = ("serious", "critical")
RUN = """([where, options]) => axe.run(where ?? document, options).then(r => r.violations)"""
AT_REST = """async () => {
    await new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    await Promise.allSettled(document.getAnimations().map(one => one.finished));
}"""


def problems(page: Page) -> list[str]:
    """Serious axe findings on the page, once animations have ended."""
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.evaluate(AT_REST)
    return _axe(page, {})


class PageAudit:
    """Pages one after the other: wide and light; their colours in the dark, their width on a phone.

    What frames every page alike (navigation, top bar) is looked at once, in either state. A page is
    looked at first in the state that the one before it was left in. Without `both`, every page is
    looked at in one state, in turn.
    """

    def __init__(self, page: Page, *, both: bool = True) -> None:
        self.page = page
        self._both = both
        self._is_wide = True
        self._seen: dict[bool, set[str]] = {True: set(), False: set()}

    def problems(self) -> list[str]:
        expect(self.page.locator(".htmx-request")).to_have_count(0)
        found = self._as_it_stands()
        self._turn()
        return found + self._as_it_stands() if self._both else found

    def _turn(self) -> None:
        self._is_wide = not self._is_wide
        self.page.emulate_media(color_scheme="light" if self._is_wide else "dark")
        self.page.set_viewport_size(WIDE if self._is_wide else NARROW)

    def _as_it_stands(self) -> list[str]:
        self.page.evaluate(AT_REST)
        known = self._known()
        if self._is_wide:
            return _axe(self.page, {}, known)
        found = _axe(self.page, {"runOnly": IN_THE_DARK}, known)
        if wide := _too_wide(self.page):
            found.append(f"scrolls sideways, {wide} px wide")
        return [f"dark, 390 px: {problem}" for problem in found]

    def _known(self) -> list[str]:
        """Of the frame, what has been looked at as it is here."""
        drawn = self.page.evaluate(FRAME)
        seen = self._seen[self._is_wide]
        known = [selector for selector, markup in drawn.items() if selector + markup in seen]
        seen.update(selector + markup for selector, markup in drawn.items())
        return known


def settle(page: Page) -> None:
    """Until the parts are there that a page loads by itself."""
    awaited = page.locator("[hx-trigger=load]").get_by_role("link", name=re.compile("^Show "))
    expect(awaited).to_have_count(0)


def _axe(page: Page, options: dict[str, Any], known: list[str] | None = None) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options = {"resultTypes": ["violations"], "preload": {"assets": ["media"]}, **options}
    where = {"exclude": known} if known else None
    violations = page.evaluate(RUN, [where, options])
    return [_words(rule) for rule in violations if rule["impact"] in SEVERE]


def _words(rule: dict[str, Any]) -> str:
    where = [f"\n    {node['target']} {node['failureSummary']}" for node in rule["nodes"]]
    return f"{rule['id']}: {rule['help']}" + "".join(where[:5])


def _too_wide(page: Page) -> int:
    width = page.evaluate("document.scrollingElement.scrollWidth")
    return width if width > NARROW["width"] else 0
