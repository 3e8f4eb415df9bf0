"""Lets a process wait for the signals that ask it to stop.

Python runs a signal's handler in the main thread, between any two of its instructions, while it may
hold a lock: a handler that takes one, logs or writes can deadlock. The handler here
does nothing. The interpreter itself writes to a pipe (`signal.set_wakeup_fd`), and waiting for a
stop means waiting until the pipe is readable. Nothing ever reads from it, so a stop that was
requested stays requested. Every signal that has a handler in Python writes to the pipe, so the
processes that use this module must set no other handlers.
"""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequest:
    def __init__(self, pipe: int) -> None:
        self._pipe = pipe

    def wait(self, seconds: float) -> bool:
        """Whether a stop has been requested; waits at most this long for one."""
        readable, _, _ = select.select([self._pipe], [], [], seconds)
        return bool(readable)

    @property
    def is_made(self) -> bool:
        return self.wait(0)


@contextmanager
def stop_request() -> Iterator[StopRequest]:
    """Until the context ends, stop signals only make the request. For the main thread.

    A signal that was ignored when the program started stays ignored, as `nohup` and shells want.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    descriptor = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    handled = [one for one in STOP_SIGNALS if signal.getsignal(one) is not signal.SIG_IGN]
    handlers = {number: signal.signal(number, _do_nothing) for number in handled}
    try:
        yield StopRequest(reading)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(descriptor)
        os.close(reading)
        os.close(writing)


@contextmanager
def stop_signals_blocked() -> Iterator[None]:
    """Delay stop signals to this thread, and to programs it starts meanwhile, until the end.

    Ctrl-C is sent to the whole process group, hence also to programs that must not be interrupted.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _do_nothing(number: int, frame: FrameType | None) -> None:
    """The handler: the interpreter has already written the request to the pipe."""
