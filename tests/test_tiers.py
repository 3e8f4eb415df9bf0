"""The two tiers themselves, on a small suite of their own."""

from __future__ import annotations

import pytest

SUITE = """
import time
import pytest

def test_quick():
    pass

@pytest.mark.slow
def test_slow():
    pass

@pytest.mark.parametrize("load", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_both(load):
    pass

def work():
    end = time.process_time() + 0.3
    while time.process_time() < end:
        pass

@pytest.fixture
def own():
    work()

@pytest.fixture(scope="module")
def shared():
    work()

@pytest.fixture
def by_name(request):
    request.getfixturevalue("shared")

def test_shares(by_name):
    pass

def test_heavy():
    work()

def test_heavy_fixture(own):
    pass
"""
INI = "[pytest]\nmarkers = slow\nmax_processor_seconds = {most}\naddopts = -p tests.tiers\n"


@pytest.fixture
def suite(
    pytester: pytest.Pytester, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> pytest.Pytester:
    pytester.makepyfile(SUITE)
    pytester.makefile(".ini", pytest=INI.format(most=20))
    monkeypatch.setenv("PYTHONPATH", str(request.config.rootpath))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return pytester


def test_the_tiers_together_run_each_test_once(suite: pytest.Pytester) -> None:
    suite.runpytest_subprocess().assert_outcomes(passed=5, deselected=2)
    suite.runpytest_subprocess("--slow").assert_outcomes(passed=2, deselected=5)
    suite.runpytest_subprocess("--all").assert_outcomes(passed=7)


def test_a_test_that_takes_long_fails_in_the_fast_tier(suite: pytest.Pytester) -> None:
    suite.makefile(".ini", pytest=INI.format(most=0.2))
    result = suite.runpytest_subprocess()
    result.assert_outcomes(passed=3, failed=2, deselected=2)
    result.stdout.fnmatch_lines(["*s of processor, more than 0.2*"])
    result.stdout.fnmatch_lines(["FAILED*test_heavy *", "FAILED*test_heavy_fixture*"])
    suite.runpytest_subprocess("--all").assert_outcomes(passed=7)


def test_no_test_is_begun_after_the_minutes_are_over(suite: pytest.Pytester) -> None:
    result = suite.runpytest_subprocess("--minutes", "0")
    result.assert_outcomes(skipped=5, deselected=2)
