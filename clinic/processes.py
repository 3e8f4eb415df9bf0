"""Runs web server, job worker and webhooks side by side, and ends them together."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

from django.core.management.base import CommandError
from django.db import connections

START_SECONDS = 30
STOP_SECONDS = 10
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG = 1

Command = list[str]


def web_command(*, host: str, port: int, workers: int, threads: int) -> Command:
    return [
        str(Path(sys.executable).with_name("granian")),
        *("--interface", "wsgi", "--no-ws", "--log-level", "warning"),
        *("--host", host, "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", str(threads)),
        *("--respawn-failed-workers", "--workers-kill-timeout", str(STOP_SECONDS - 2)),
        "clinic.wsgi:application",
    ]


def worker_command() -> Command:
    return [
        *(sys.executable, "manage.py", "procrastinate", "worker"),
        *("--shutdown-graceful-timeout", str(STOP_SECONDS - 2)),
        # A mail that was sent may hold a link to set a password; failed jobs stay to be seen.
        *("--delete-jobs", "successful"),
    ]


def deliverer_command() -> Command:
    return [sys.executable, "manage.py", "deliver_webhooks"]


def require_free_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Cannot serve on {host}:{port} ({error.strerror}). Stop what uses the port, "
                f"or choose another: PORT={port + 1} make demo"
            ) from error


def run_together(
    commands: list[Command], *, host: str, port: int, ready: Callable[[], None]
) -> None:
    """Until a signal asks for the end, or one of the processes ends by itself."""
    # A second server would share the port silently and take every other request.
    require_free_port(host, port)
    stop = Event()
    for number in STOP_SIGNALS:
        signal.signal(number, lambda *_: stop.set())
    connections.close_all()
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            processes.append(_start(command))
        _wait_for_port(host, port, processes, stop)
        if not stop.is_set():
            ready()
        while not stop.wait(0.5):
            _require_all_alive(processes)
    finally:
        _stop(processes)


def _start(command: Command) -> subprocess.Popen[bytes]:
    # In a session of its own Ctrl-C reaches only us, and each process is ended once, in order.
    return subprocess.Popen(command, start_new_session=True, preexec_fn=_end_with_parent)


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait_for_port(
    host: str, port: int, processes: list[subprocess.Popen[bytes]], stop: Event
) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not stop.wait(0.1):
        _require_all_alive(processes)
        with socket.socket() as probe:
            if probe.connect_ex((host, port)) == 0:
                return
        if time.monotonic() > deadline:
            raise CommandError(f"The web server did not answer within {START_SECONDS} seconds.")


def _require_all_alive(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is not None:
            raise CommandError(
                f"{process.args!r} ended by itself with code {process.returncode}; "
                "its last words are above."
            )


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
