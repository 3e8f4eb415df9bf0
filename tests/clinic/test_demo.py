"""`manage.py demo` as a person starts and stops it, with its output in a file."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest
from django.conf import settings

from clinic.demo import SIGN_INS

MOST_SECONDS, MAX_STOP_SECONDS = 240, 12
READY = "Ctrl-C stops it"
OURS = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "SECRET_KEY", "ALLOWED_HOSTS")


class Demo:
    """One start of it, with its own folder and port."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.said = folder, folder / "said.txt"
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.port = str(server.getsockname()[1])
        environment = {name: value for name, value in os.environ.items() if name not in OURS}
        environment |= {"CARETALLY_VAR": str(folder), "PORT": self.port}
        with self.said.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "demo"],
                cwd=settings.BASE_DIR,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=_heed_interrupts,
            )

    def wait_for(self, text: str) -> str:
        """All that it has said by the time it says that."""
        deadline = time.monotonic() + MOST_SECONDS
        while text not in (said := self.said.read_text()):
            assert self.process.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(0.1)
        return said

    def stop(self) -> str:
        """By Ctrl-C, pressed twice, and once more by a program; nothing that it started is left."""
        started = psutil.Process(self.process.pid).children(recursive=True)
        record = self.folder / "postgres" / "postmaster.pid"
        database = psutil.Process(int(record.read_text().split()[0]))
        for number in (signal.SIGINT, signal.SIGINT, signal.SIGTERM):
            self.process.send_signal(number)
        self.process.wait(MAX_STOP_SECONDS)
        _, left = psutil.wait_procs([*started, database], timeout=10)
        assert left == []
        return self.said.read_text()


def _heed_interrupts() -> None:
    """A shell lets what it starts in the background ignore them, the tests themselves perhaps."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Demo]]:
    started: list[Demo] = []

    def start() -> Demo:
        started.append(Demo(tmp_path))
        return started[-1]

    yield start
    for demo in started:
        if demo.process.poll() is None:
            demo.process.terminate()
            demo.process.wait(MOST_SECONDS)


@pytest.mark.slow
def test_it_serves_and_stops(start: Callable[[], Demo]) -> None:
    demo = start()
    said = demo.wait_for(READY)
    assert "Seeding the demo clinics" in said
    for sign_in in SIGN_INS:
        assert any(all(word in line for word in sign_in) for line in said.splitlines())
    with urlopen(f"http://127.0.0.1:{demo.port}/") as answer:
        assert "Sign in" in answer.read().decode()
    assert demo.stop().endswith("Stopped.\n")
    assert demo.process.returncode == 0


@pytest.mark.slow
def test_it_is_stopped_while_it_seeds_and_started_again(start: Callable[[], Demo]) -> None:
    """Then again on the partial data, and once more with all data."""
    broken_off = start()
    broken_off.wait_for("Seeding the demo clinics")
    said = broken_off.stop()
    assert said.endswith("Interrupted.\n")
    assert "Traceback" not in said

    first = start()
    assert "Seeding the demo clinics" in first.wait_for(READY)
    first.stop()

    second = start()
    said = second.wait_for(READY)
    assert "Seeding" not in said
    assert SIGN_INS[0][1] in said
    second.stop()
