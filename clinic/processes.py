"""Runs web server, job worker and webhooks side by side, keeps them running, and ends them."""

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

import structlog
from django.core.management.base import CommandError
from django.db import connections

START_SECONDS = 60
STOP_SECONDS = 10
LOOK_SECONDS = 0.5
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 30.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
CONNECTIONS = 4096
PR_SET_PDEATHSIG = 1

Command = list[str]
log = structlog.get_logger(__name__)


def web_command(*, host: str, port: int, workers: int, threads: int) -> Command:
    return [
        str(Path(sys.executable).with_name("granian")),
        *("--interface", "wsgi", "--no-ws", "--log-level", "warning"),
        *("--host", host, "--port", str(port)),
        # Each worker keeps its share of so many connections; whoever comes beyond waits for one to
        # be closed.
        *("--backlog", str(CONNECTIONS)),
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
    """Until a signal asks for the end. A process that ends by itself is started again.

    Raises CommandError where one ends before the port answers.
    """
    # A second server would share the port silently and take every other request.
    require_free_port(host, port)
    stop = Event()
    for number in STOP_SIGNALS:
        signal.signal(number, lambda *_: stop.set())
    connections.close_all()
    kept: list[Kept] = []
    try:
        for command in commands:
            kept.append(Kept(command))
        _wait_for_port(host, port, kept, stop)
        if not stop.is_set():
            ready()
        while not stop.wait(LOOK_SECONDS):
            for one in kept:
                one.start_again_if_ended()
    finally:
        _stop([one.process for one in kept])


class Kept:
    """A process that is started again when it was killed or has crashed.

    At once when it has run for a while; after a pause, each twice as long as the one before, when
    it ends as soon as it is started: what it needs may be away.
    """

    def __init__(self, command: Command) -> None:
        self._command = command
        self._pause_seconds = 0.0
        self._due: float | None = None
        self.process = self._start()

    def start_again_if_ended(self) -> None:
        if self.process.poll() is None:
            return
        now = time.monotonic()
        if self._due is None:
            self._due = now + self._next_pause(now)
            log.warning("process_ended", command=self.name, code=self.process.returncode)
        if now >= self._due:
            self._due = None
            self.process = self._start()

    def _next_pause(self, now: float) -> float:
        if now - self._started > LONGEST_PAUSE_SECONDS:
            self._pause_seconds = 0.0
        pause = self._pause_seconds
        self._pause_seconds = min(max(2 * pause, FIRST_PAUSE_SECONDS), LONGEST_PAUSE_SECONDS)
        return pause

    def require_alive(self) -> None:
        if self.process.poll() is not None:
            raise CommandError(
                f"{self.name} ended by itself with code {self.process.returncode}; "
                "its last words are above."
            )

    @property
    def name(self) -> str:
        return " ".join(self._command)

    def _start(self) -> subprocess.Popen[bytes]:
        self._started = time.monotonic()
        # In a session of its own Ctrl-C reaches only us, and each is ended once, in order.
        return subprocess.Popen(self._command, start_new_session=True, preexec_fn=_end_with_parent)


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait_for_port(host: str, port: int, kept: list[Kept], stop: Event) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not stop.wait(0.1):
        for one in kept:
            one.require_alive()
        with socket.socket() as probe:
            if probe.connect_ex((host, port)) == 0:
                return
        if time.monotonic() > deadline:
            raise CommandError(f"The web server did not answer within {START_SECONDS} seconds.")


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
