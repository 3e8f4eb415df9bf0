import itertools
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import psutil
import pytest
from django.core.management.base import CommandError

from clinic import child_processes, processes
from clinic.stop_signals import STOP_SIGNALS, stop_request

MANY_ANSWERS = 30  # so that each of two workers has given some
LISTEN = """
import pathlib, signal, socket, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
signal.sigwait([signal.SIGTERM])
pathlib.Path(sys.argv[2]).write_text("ended in order")
"""


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture
def run(port: int, monkeypatch: pytest.MonkeyPatch):
    """Runs the commands as `serve` does, without touching this test's connection or signals."""
    monkeypatch.setattr(processes.connections, "close_all", lambda: None)

    # What runs the tests in the background may ignore some of them.
    before = {number: signal.signal(number, signal.SIG_DFL) for number in STOP_SIGNALS}

    def run(*commands: list[str], ready=lambda: None) -> None:
        with stop_request() as stop:
            processes.run_together(
                list(commands), host="127.0.0.1", port=port, stop=stop, ready=ready
            )

    yield run
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", STOP_SIGNALS)
def test_a_signal_ends_every_process_in_order(run, port, tmp_path: Path, number) -> None:
    witness = tmp_path / "witness"

    run(
        [sys.executable, "-c", LISTEN, str(port), str(witness)],
        ready=lambda: os.kill(os.getpid(), number),
    )

    assert witness.read_text() == "ended in order"


def test_a_process_that_is_killed_is_started_again(run, port, tmp_path: Path) -> None:
    witness, starts = tmp_path / "witness", tmp_path / "starts"
    dies_once = (
        "import os, pathlib, signal, sys, time\n"
        "starts = pathlib.Path(sys.argv[1])\n"
        "with starts.open('a') as file: file.write('.')\n"
        "if len(starts.read_text()) == 1:\n"
        "    time.sleep(0.5)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        f"os.kill({os.getpid()}, signal.SIGTERM)\n"
        "time.sleep(60)"
    )

    run(
        [sys.executable, "-c", LISTEN, str(port), str(witness)],
        [sys.executable, "-c", dies_once, str(starts)],
    )

    assert starts.read_text() == ".."
    assert witness.read_text() == "ended in order"


def test_one_that_ends_before_the_port_answers_ends_the_others(run, tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    elsewhere = [sys.executable, "-c", LISTEN, "0", str(witness)]
    worker = [sys.executable, "-c", "import sys, time; time.sleep(0.5); sys.exit(3)"]

    with pytest.raises(CommandError, match="ended by itself with code 3"):
        run(elsewhere, worker)

    assert witness.read_text() == "ended in order"


def test_one_that_ends_again_and_again_is_started_ever_less_often(monkeypatch) -> None:
    now = 0.0
    starts: list[float] = []
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()

    def start(supervised: processes.Supervised) -> subprocess.Popen[bytes]:
        starts.append(now)
        supervised._started = now
        return ended

    monkeypatch.setattr(processes.Supervised, "_start", start)
    monkeypatch.setattr(processes.time, "monotonic", lambda: now)
    supervised = processes.Supervised(["worker"])
    while now < 100:
        now += 0.5
        supervised.restart_if_ended()

    pauses = [after - before for before, after in itertools.pairwise(starts)]
    assert pauses == sorted(pauses)
    assert pauses[0] < 1
    assert pauses[-1] == pytest.approx(processes.MAX_PAUSE_SECONDS, abs=1)


def test_web_workers_end_with_a_web_server_that_was_killed(port) -> None:
    web = processes.web_command(host="127.0.0.1", port=port, workers=2, threads=1)
    server = child_processes.start(web)
    try:
        workers = wait_for_workers(server.pid, port)
        os.kill(server.pid, signal.SIGKILL)
        server.wait()
        _, left = psutil.wait_procs(workers, timeout=5)
        assert left == []
        assert len(workers) == 2
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0
    finally:
        child_processes.stop([server])


def wait_for_workers(server: int, port: int) -> list[psutil.Process]:
    """Each has loaded the product once it has answered; the kernel deals out connections."""
    deadline = time.monotonic() + 60
    answered = 0
    while time.monotonic() < deadline:
        try:
            urlopen(f"http://127.0.0.1:{port}/nowhere", timeout=10)
        except HTTPError:
            answered += 1
        except OSError:
            time.sleep(0.1)
        if answered == MANY_ANSWERS:
            return psutil.Process(server).children(recursive=True)
    raise AssertionError("no workers that answer")


def test_a_port_in_use_is_refused_in_a_sentence(run, port) -> None:
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(CommandError, match=f"choose another: PORT={port + 1} make demo"),
    ):
        run([sys.executable, "-c", "raise SystemExit"])
