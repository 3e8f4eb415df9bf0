"""Two tiers of one suite: what `make test` runs, and what only `make test-all` does.

A test or a parameter that is marked `slow` is left out unless `--slow` (it alone) or `--all` asks
for it. docs/testing.md says what is where.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import psutil
import pytest
from hypothesis import settings

# Begun first, so that no worker is left with a long one at the end. By their time.
LONGEST_FILES = (
    "tests/clinic/test_demo.py",
    "tests/clinic/test_stops.py",
    "tests/soak/test_soak.py",
    "e2e/test_accessibility.py",
    "tests/permissions/test_matrix.py",
    "tests/api/test_idempotency.py",
    "e2e/test_desk.py",
    "tests/bad_input/test_every_form.py",
    "tests/api/test_matrix.py",
    "tests/concurrency/test_api.py",
    "tests/concurrency/test_http.py",
    "tests/api/test_fuzz.py",
    "tests/api/test_clients.py",
    "e2e/test_viewer.py",
    "tests/api/bad_input/test_fields.py",
    "e2e/test_practitioner.py",
    "e2e/test_sign_in.py",
)
BROWSER_TESTS = "e2e/"

settings.register_profile("fast", max_examples=12)
settings.register_profile("deep", max_examples=100)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("tiers")
    group.addoption("--all", action="store_true", help="run both tiers")
    group.addoption("--slow", action="store_true", help="run what `make test` leaves out")
    group.addoption("--minutes", type=float, help="begin no test after so many minutes")
    parser.addini("max_processor_seconds", "of one test in the fast tier", default="20")


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("fast" if is_fast(config) else "deep")
    config.stash[BEGUN] = time.monotonic()


BEGUN = pytest.StashKey[float]()


def is_fast(config: pytest.Config) -> bool:
    return not (config.getoption("--all") or config.getoption("--slow"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--all"):
        wanted = bool(config.getoption("--slow"))
        left_out = [item for item in items if is_slow(item) != wanted]
        items[:] = [item for item in items if is_slow(item) == wanted]
        config.hook.pytest_deselected(items=left_out)
    ranks = {name: rank for rank, name in enumerate(LONGEST_FILES)}
    items.sort(key=lambda item: ranks.get(item.nodeid.partition("::")[0], len(ranks)))


def is_slow(item: pytest.Item) -> bool:
    return item.get_closest_marker("slow") is not None


def pytest_runtest_setup(item: pytest.Item) -> None:
    minutes = item.config.getoption("--minutes")
    if minutes is not None and time.monotonic() - item.config.stash[BEGUN] > minutes * 60:
        pytest.skip(f"not begun: {minutes:g} minutes were over")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """In the fast tier no test may take long; the database's own processes are not counted."""
    before = processor_seconds(item)
    yield
    used = processor_seconds(item) - before
    most = float(item.config.getini("max_processor_seconds"))
    if is_fast(item.config) and used > most:
        pytest.fail(
            f"took {used:.1f} s of processor, more than {most:g}: make it quicker, or mark it slow",
            pytrace=False,
        )


def processor_seconds(item: pytest.Item) -> float:
    """Of this process, of those that it waited for, and of the browser that it drives."""
    times = os.times()
    used = times.user + times.system + times.children_user + times.children_system
    if item.nodeid.startswith(BROWSER_TESTS):
        used += sum(_of(child) for child in psutil.Process().children(recursive=True))
    return used


def _of(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)
