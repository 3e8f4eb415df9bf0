"""Runs the web server, the job worker and the webhook process, restarts them and stops them."""

import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import structlog
from django.core.management.base import CommandError
from django.db import connections

from clinic import child_processes
from clinic.child_processes import STOP_SECONDS, Command, Process
from clinic.stop_signals import StopRequest

START_SECONDS = 60
CHECK_SECONDS = 0.5
POLL_SECONDS = 0.1
FIRST_PAUSE_SECONDS, MAX_PAUSE_SECONDS = 1.0, 30.0
MAX_CONNECTIONS = 4096

log = structlog.get_logger(__name__)


def web_command(*, host: str, port: int, workers: int, threads: int) -> Command:
    return [
        str(Path(sys.executable).with_name("granian")),
        *("--interface", "wsgi", "--no-ws", "--log-level", "warning"),
        *("--host", host, "--port", str(port)),
        # The workers share this many connections; further ones wait until one is closed.
        *("--backlog", str(MAX_CONNECTIONS)),
        *("--workers", str(workers), "--blocking-threads", str(threads)),
        *("--respawn-failed-workers", "--workers-kill-timeout", str(STOP_SECONDS - 2)),
        "clinic.wsgi:application",
    ]


def worker_command() -> Command:
    return [
        *(sys.executable, "manage.py", "procrastinate", "worker"),
        *("--shutdown-graceful-timeout", str(STOP_SECONDS - 2)),
        # A sent mail may contain a link to set a password. Failed jobs stay, to be looked at.
        *("--delete-jobs", "successful"),
    ]


def deliverer_command() -> Command:
    return [sys.executable, "manage.py", "deliver_webhooks"]


def prepare_demo_command() -> Command:
    return [sys.executable, "manage.py", "prepare", "--demo"]


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


def run_to_end(command: Command, *, stop: StopRequest) -> bool:
    """Run a command that ends by itself. Returns False if a stop was requested, which ends it.

    Raises CommandError if it fails.
    """
    process = child_processes.start(command)
    try:
        while not child_processes.has_ended(process):
            if stop.wait(POLL_SECONDS):
                return False
    finally:
        child_processes.stop([process])
    if process.returncode:
        raise CommandError(f"{' '.join(command)} failed; the reason is above.")
    return True


def run_together(
    commands: list[Command],
    *,
    host: str,
    port: int,
    stop: StopRequest,
    ready: Callable[[], None],
) -> None:
    """Run commands until a stop is requested. A process that ends by itself is started again.

    Raises CommandError if one ends before the port answers.
    """
    # A second server would share the port without an error and get every other request.
    require_free_port(host, port)
    connections.close_all()
    supervised: list[Supervised] = []
    try:
        for command in commands:
            supervised.append(Supervised(command))
        _wait_for_port(host, port, supervised, stop)
        if not stop.is_made:
            ready()
        while not stop.wait(CHECK_SECONDS):
            for one in supervised:
                one.restart_if_ended()
    finally:
        child_processes.stop([one.process for one in supervised])


class Supervised:
    """A process that is started again after it was killed or has crashed.

    At once if it has run for a while. If it ends soon after each start, after pauses, each twice as
    long as the one before: something that it needs may be unavailable.
    """

    def __init__(self, command: Command) -> None:
        self._command = command
        self._pause_seconds = 0.0
        self._due: float | None = None
        self.process = self._start()

    def restart_if_ended(self) -> None:
        if not child_processes.has_ended(self.process):
            return
        now = time.monotonic()
        if self._due is None:
            self._due = now + self._next_pause(now)
            log.warning("process_ended", command=self.name, code=self.process.returncode)
        if now >= self._due:
            self._due = None
            self.process = self._start()

    def _next_pause(self, now: float) -> float:
        if now - self._started > MAX_PAUSE_SECONDS:
            self._pause_seconds = 0.0
        pause = self._pause_seconds
        self._pause_seconds = min(max(2 * pause, FIRST_PAUSE_SECONDS), MAX_PAUSE_SECONDS)
        return pause

    def require_alive(self) -> None:
        if child_processes.has_ended(self.process):
            raise CommandError(
                f"{self.name} ended by itself with code {self.process.returncode}; "
                "its last output is above."
            )

    @property
    def name(self) -> str:
        return " ".join(self._command)

    def _start(self) -> Process:
        self._started = time.monotonic()
        return child_processes.start(self._command)


def _wait_for_port(host: str, port: int, supervised: list[Supervised], stop: StopRequest) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not stop.wait(POLL_SECONDS):
        for one in supervised:
            one.require_alive()
        with socket.socket() as probe:
            if probe.connect_ex((host, port)) == 0:
                return
        if time.monotonic() > deadline:
            raise CommandError(f"The web server did not answer within {START_SECONDS} seconds.")
