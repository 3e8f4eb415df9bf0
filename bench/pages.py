"""The ten main pages: the server's time, its queries, and the bytes of a cold first visit."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.data import AUTHORIZATIONS, PATIENTS, PRACTITIONERS, Clinic
from bench.figures import Report, percentile, shown
from bench.place import HOST, use

LINKED = re.compile(r'(?:href|src)="(/static/[^"]+)"')


def addresses(clinic: Clinic, number: int = 0) -> dict[str, str]:
    """The ten main pages; `number` is of the patient they are about, and of a practitioner."""

    def to(name: str, **kwargs: int) -> str:
        return reverse(name, kwargs={"organization": clinic.organization.slug, **kwargs})

    practitioner = PRACTITIONERS + number
    tomorrow = clinic.organization.today() + timedelta(days=1)
    booking = f"practitioner={practitioner}&patient={PATIENTS + number}&start={tomorrow}T17:00"
    return {
        "home": to("clinic:home"),
        "week, everybody": to("scheduling:week"),
        "week, one": f"{to('scheduling:week')}?practitioner={practitioner}",
        "booking panel": f"{to('scheduling:book')}?{booking}",
        "appointments": to("scheduling:appointments"),
        "patients": to("accounts:patients"),
        "patient": to("accounts:patient", pk=PATIENTS + number),
        "authorizations": to("billing:authorizations"),
        "authorization": to("billing:authorization", pk=AUTHORIZATIONS + number),
        "ledger entries": to("billing:entries", pk=AUTHORIZATIONS + number),
    }


@contextmanager
def signed_in(clinic: Clinic) -> Iterator[Client]:
    browser = Client(SERVER_NAME=HOST)
    browser.force_login(clinic.desk.user)
    yield browser


def cookie(clinic: Clinic) -> str:
    """What a browser that is signed in sends along."""
    with signed_in(clinic) as browser:
        name = settings.SESSION_COOKIE_NAME
        return f"{name}={browser.cookies[name].value}"


class Pages:
    """Measures the same pages in each of the databases, turn by turn."""

    def __init__(
        self, clinic: Clinic, databases: dict[str, str], report: Report, *, is_quick: bool
    ) -> None:
        self._clinic, self._databases, self._report = clinic, databases, report
        self._turns, self._each = (3, 4) if is_quick else (4, 6)
        self._took: dict[str, dict[str, list[float]]] = {size: {} for size in databases}
        self._queries: dict[str, dict[str, int]] = {size: {} for size in databases}
        self._bytes: dict[str, int] = {}

    def run(self) -> None:
        for _ in range(self._turns):
            for size, database in self._databases.items():
                use(database)
                with signed_in(self._clinic) as browser:
                    for page, url in addresses(self._clinic).items():
                        self._visit(browser, size, page, url)
        self._note()

    def _visit(self, browser: Client, size: str, page: str, url: str) -> None:
        browser.get(url)  # what is noted of a session once in a while is noted now
        with CaptureQueriesContext(connection) as queries:
            answer = browser.get(url)
        if answer.status_code != 200:
            raise RuntimeError(f"{url} answers {answer.status_code}")
        self._queries[size][page] = len(queries)
        html = answer.content.decode()
        wire = len(browser.get(url, headers={"Accept-Encoding": "gzip"}).content)
        self._bytes[page] = wire + sum(map(_bytes_of, set(LINKED.findall(html))))
        took = self._took[size].setdefault(page, [])
        for _ in range(self._each):
            began = time.perf_counter()
            browser.get(url)
            took.append((time.perf_counter() - began) * 1000)

    def _note(self) -> None:
        for size in self._databases:
            name = f"pages.{size}"
            worst = max(percentile(each, 95) for each in self._took[size].values())
            self._report.note(f"{name}.p95_ms", worst)
            self._report.note(f"{name}.queries", max(self._queries[size].values()))
        self._report.note("pages.cold_kb", max(self._bytes.values()) / 1000)
        sizes = list(self._databases)
        if len(sizes) > 1:
            for page in self._bytes:
                first, last = (median(self._took[size][page]) for size in sizes)
                self._report.note(f"pages.grown.{page.replace(', ', '_')}", last / first)
        self._report.table(
            f"Pages at {' and '.join(sizes)} data (milliseconds of the server, p50 / p95)",
            ["page", *sizes, *(f"queries {size}" for size in sizes), "KB cold"],
            [self._row(page) for page in self._bytes],
        )

    def _row(self, page: str) -> list[str]:
        times = (self._took[size][page] for size in self._databases)
        return [
            page,
            *(f"{shown(median(each), 1)} / {shown(percentile(each, 95), 1)}" for each in times),
            *(str(self._queries[size][page]) for size in self._databases),
            shown(self._bytes[page] / 1000),
        ]


def _bytes_of(url: str) -> int:
    """As whitenoise sends it to a browser that takes Brotli."""
    path = Path(settings.STATIC_ROOT) / url.removeprefix("/static/").split("?")[0]
    return min(one.stat().st_size for one in (path, Path(f"{path}.br")) if one.exists())
