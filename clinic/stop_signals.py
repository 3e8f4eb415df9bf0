"""The signals that ask a process to stop, as something to wait for.

Python runs a signal's handler in the main thread, between any two of its instructions, while it may
hold a lock: a handler that takes one, logs or writes can deadlock. The handler here
does nothing. The interpreter itself writes to a pipe (`signal.set_wakeup_fd`), and whoever waits
for a stop looks whether there is something to read in it. Nothing ever reads it, so a stop that was
requested stays requested. Any signal that has a handler in Python writes to the pipe: the processes
that use this set no other.
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
    """In the main thread: until the context ends, stop signals do nothing but make the request.

    One that was ignored when the program began stays so: `nohup` and shells ask for that.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    descriptor = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    heeded = [one for one in STOP_SIGNALS if signal.getsignal(one) is not signal.SIG_IGN]
    handlers = {number: signal.signal(number, _do_nothing) for number in heeded}
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
    """Stop signals to this thread, and to the programs it starts meanwhile, wait until the end.

    Ctrl-C reaches a whole process group: without this also a program that must not be interrupted.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _do_nothing(number: int, frame: FrameType | None) -> None:
    """What Python calls; the request is in the pipe already."""
