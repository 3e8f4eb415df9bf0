"""Cold and warm loads in Chromium: first and largest paint, and the bytes that came."""

from __future__ import annotations

from statistics import median

from playwright.sync_api import BrowserContext, sync_playwright

from bench.figures import Report, shown
from bench.place import HOST
from e2e.browser import find

LOADS = 3
OBSERVE = """
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) window.largestPaint = entry.startTime
}).observe({type: 'largest-contentful-paint', buffered: true})
"""
PAINTS = """
() => ({
  first: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
  largest: window.largestPaint ?? NaN,
  bytes: [...performance.getEntriesByType('navigation'),
          ...performance.getEntriesByType('resource')]
    .reduce((sum, one) => sum + one.transferSize, 0),
})
"""


def run(pages: dict[str, str], report: Report, *, port: int, cookie: str) -> None:
    name, value = cookie.split("=", 1)
    rows = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=["--no-sandbox"])
        for page, path in pages.items():
            cold, warm = [], []
            for _ in range(LOADS):
                context = browser.new_context()
                context.add_init_script(OBSERVE)
                context.add_cookies([{"name": name, "value": value, "domain": HOST, "path": "/"}])
                url = f"http://{HOST}:{port}{path}"
                cold.append(_paints(context, url))
                warm.append(_paints(context, url))
                context.close()
            rows.append(_row(page, cold, warm))
            report.note(f"browser.{page}.cold_largest_ms", _median(cold, "largest"))
            report.note(f"browser.{page}.warm_largest_ms", _median(warm, "largest"))
            report.note(f"browser.{page}.cold_kb", _median(cold, "bytes") / 1000)
        browser.close()
    report.note("browser.cold_kb", max(float(row[5]) for row in rows))
    report.table(
        "In Chromium (milliseconds to first and largest paint, KB that came)",
        ["page", "cold first", "largest", "warm first", "largest", "KB cold", "KB warm"],
        rows,
    )


def _paints(context: BrowserContext, url: str) -> dict[str, float]:
    page = context.new_page()
    page.goto(url, wait_until="load")
    page.wait_for_timeout(100)
    found: dict[str, float] = page.evaluate(PAINTS)
    page.close()
    return found


def _median(loads: list[dict[str, float]], what: str) -> float:
    return median(one[what] for one in loads)


def _row(page: str, cold: list[dict[str, float]], warm: list[dict[str, float]]) -> list[str]:
    times = [_median(loads, what) for loads in (cold, warm) for what in ("first", "largest")]
    kilobytes = [_median(loads, "bytes") / 1000 for loads in (cold, warm)]
    return [page, *(shown(one) for one in times), *(f"{one:.1f}" for one in kilobytes)]
