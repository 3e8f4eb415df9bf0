"""Looks at a page for those who cannot take it as most do: by axe, in the dark, on a phone."""

from __future__ import annotations

import re
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 390, "height": 844}
IN_THE_DARK = {"type": "rule", "values": ["color-contrast", "target-size"]}
SEVERE = ("serious", "critical")
AT_REST = """async () => {
    await new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    await Promise.allSettled(document.getAnimations().map(one => one.finished));
}"""


def problems(page: Page) -> list[str]:
    """What axe finds serious on the page as it stands, once it has come to rest."""
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.evaluate(AT_REST)
    return _axe(page, {})


def problems_everywhere(page: Page) -> list[str]:
    """As it stands, wide and light; then its colours in the dark and its width on a phone."""
    found = problems(page)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(NARROW)
    page.evaluate(AT_REST)
    found += [f"dark, 390 px: {problem}" for problem in _axe(page, {"runOnly": IN_THE_DARK})]
    if wide := _too_wide(page):
        found.append(f"390 px: scrolls sideways, {wide} px wide")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(WIDE)
    return found


def settle(page: Page) -> None:
    """Until the parts are there that a page loads by itself."""
    awaited = page.locator("[hx-trigger=load]").get_by_role("link", name=re.compile("^Show "))
    expect(awaited).to_have_count(0)


def _axe(page: Page, options: dict[str, Any]) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options = {"resultTypes": ["violations"], **options}
    violations = page.evaluate("options => axe.run(options).then(r => r.violations)", options)
    return [_words(rule) for rule in violations if rule["impact"] in SEVERE]


def _words(rule: dict[str, Any]) -> str:
    where = [f"\n    {node['target']} {node['failureSummary']}" for node in rule["nodes"]]
    return f"{rule['id']}: {rule['help']}" + "".join(where[:5])


def _too_wide(page: Page) -> int:
    width = page.evaluate("document.scrollingElement.scrollWidth")
    return width if width > NARROW["width"] else 0
