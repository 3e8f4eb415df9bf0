"""Starts and stops child processes, which end at the latest when their parent does."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import psutil

from clinic.stop_signals import STOP_SIGNALS

STOP_SECONDS = 8
KILL_SECONDS = 10
POLL_SECONDS = 0.02
PR_SET_PDEATHSIG = 1  # linux/prctl.h

Command = list[str]
Process = subprocess.Popen[bytes]
_libc = ctypes.CDLL(None)  # loaded before any fork, since loading after one is not safe


def start(command: Command) -> Process:
    """Start it in a session of its own, so that Ctrl-C reaches only this process."""
    parent = os.getpid()
    return subprocess.Popen(
        command, start_new_session=True, preexec_fn=lambda: _before_program(parent)
    )


def has_ended(process: Process) -> bool:
    """Whether it has ended by itself. If so, the processes left in its session are killed."""
    if process.returncode is not None:
        return True
    if process.poll() is None:
        return False
    _kill_group(process)
    return True


def stop(processes: list[Process]) -> None:
    """Ask all of them to stop, and after STOP_SECONDS kill what is left of them."""
    running = [process for process in processes if not has_ended(process)]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in running:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.1, deadline - time.monotonic()))
        _kill_group(process)


def _kill_group(process: Process) -> None:
    """Kill the process and all of its session, and wait until the kernel has ended them.

    Until then a killed process keeps its locks, such as the one by which the embedded server
    counts its users. On a loaded machine that has taken seconds.
    """
    with suppress(ProcessLookupError, PermissionError):  # macOS: only a zombie is left
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + KILL_SECONDS
    while _runs_any(process.pid) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)


def _runs_any(group: int) -> bool:
    """Whether a process of the group still runs; a zombie holds no locks."""
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return any(_is_running_member(one, group) for one in psutil.process_iter())


def _is_running_member(process: psutil.Process, group: int) -> bool:
    try:
        return os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE
    except (ProcessLookupError, psutil.NoSuchProcess):
        return False


def end_with_parent(parent: int, number: int) -> None:
    """Have the signal `number` sent to this process when its `parent` ends. On Linux only."""
    if sys.platform != "linux":
        return
    _libc.prctl(PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:  # it ended before the request
        os.kill(os.getpid(), number)


def _before_program(parent: int) -> None:
    """Runs in the new process before its program: removes the parent's signal handlers."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    end_with_parent(parent, signal.SIGTERM)
