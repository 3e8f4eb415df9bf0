"""Two tiers of one suite: what `make test` runs, and what only `make test-all` does.

A test or a parameter that is marked `slow` is left out unless `--slow` (it alone) or `--all` asks
for it. docs/testing.md says what is where.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psutil
import pytest

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
BEGUN = pytest.StashKey[float]()


@dataclass
class Shared:
    """The processor's time of the fixtures that the test under way is the first to use."""

    seconds: float = 0.0
    is_measured: bool = False


OWN, SHARED = pytest.StashKey[float](), pytest.StashKey[Shared]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("tiers")
    group.addoption("--all", action="store_true", help="run both tiers")
    group.addoption("--slow", action="store_true", help="run what `make test` leaves out")
    group.addoption("--minutes", type=float, help="begin no test after so many minutes")
    parser.addini("max_processor_seconds", "of one test in the fast tier", default="20")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[BEGUN] = time.monotonic()


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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    minutes = item.config.getoption("--minutes")
    if minutes is not None and time.monotonic() - item.config.stash[BEGUN] > minutes * 60:
        item.add_marker(pytest.mark.skip(f"not begun: {minutes:g} minutes were over"))
    item.config.stash[SHARED] = Shared()
    before = processor_seconds()
    yield
    item.stash[OWN] = processor_seconds() - before - item.config.stash[SHARED].seconds


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Iterator[None]:
    """What several tests share, such as the database, is not the time of the first of them."""
    shared = request.config.stash[SHARED]
    if fixturedef.scope == "function" or shared.is_measured:
        return (yield)
    shared.is_measured, before = True, processor_seconds()
    try:
        return (yield)
    finally:
        shared.is_measured = False
        shared.seconds += processor_seconds() - before


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """In the fast tier no test may take long, its own fixtures included.

    Not counted: the database's own processes, and a browser's that ended during the test.
    """
    is_browser_test = item.nodeid.startswith(BROWSER_TESTS)
    before, children = processor_seconds(), children_seconds() if is_browser_test else 0.0
    yield
    used = item.stash[OWN] + processor_seconds() - before
    if is_browser_test:
        used += max(0.0, children_seconds() - children)
    most = float(item.config.getini("max_processor_seconds"))
    if is_fast(item.config) and used > most:
        pytest.fail(
            f"took {used:.1f} s of processor, more than {most:g}: make it quicker, or mark it slow",
            pytrace=False,
        )


def processor_seconds() -> float:
    """Of this process, and of those that it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def children_seconds() -> float:
    """Of the processes that it has started and that still run."""
    return sum(_of(child) for child in psutil.Process().children(recursive=True))


def _of(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)
