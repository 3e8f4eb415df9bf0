"""A stop signal between any two lines that the waiting runs: the wait ends, and says so."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest
from django.conf import settings

from clinic.stop_signals import STOP_SIGNALS, stop_request

# A handler runs where the main thread stands just then, so a signal is sent at every line of it.
AT_EVERY_LINE = """
import os, signal, sys

def at_every_line(frame, event, argument):
    if event == "line":
        os.kill(os.getpid(), signal.SIGTERM)
    return at_every_line

def traced(call):
    sys.settrace(at_every_line)
    try:
        return call()
    finally:
        sys.settrace(None)
"""
BY_PIPE = """
from clinic.stop_signals import stop_request
with stop_request() as stop:
    assert not stop.is_made
    assert traced(lambda: stop.wait(5))
    assert stop.is_made
print("ended")
"""
BY_EVENT = """
from threading import Event
stop = Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
traced(lambda: stop.wait(5))
print("ended")
"""


def run(program: str, *, seconds: float) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", AT_EVERY_LINE + program],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=True,
    )
    return ended.stdout


def test_a_signal_at_any_line_of_the_wait_ends_it() -> None:
    assert run(BY_PIPE, seconds=30) == "ended\n"


def test_an_event_set_by_the_handler_deadlocks() -> None:
    """The control: how the supervisor deadlocked before."""
    with pytest.raises(subprocess.TimeoutExpired):
        run(BY_EVENT, seconds=5)


def test_a_signal_that_was_ignored_stays_so_and_the_handlers_come_back() -> None:
    before = {number: signal.signal(number, signal.SIG_DFL) for number in STOP_SIGNALS}
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stop_request() as stop:
            os.kill(os.getpid(), signal.SIGHUP)
            assert not stop.wait(0.05)
            threading.Timer(0.05, os.kill, [os.getpid(), signal.SIGINT]).start()
            assert stop.wait(5)
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
