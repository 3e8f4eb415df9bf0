import itertools
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from clinic import processes

LISTEN = """
import pathlib, signal, socket, sys
port, witness = int(sys.argv[1]), pathlib.Path(sys.argv[2])
def end(*_):
    witness.write_text("ended in order")
    sys.exit()
signal.signal(signal.SIGTERM, end)
server = socket.create_server(("127.0.0.1", port))
while True:
    server.accept()
"""


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture
def run(port: int, monkeypatch: pytest.MonkeyPatch):
    """Runs the commands as `serve` does, without touching this test's connection or signals."""
    monkeypatch.setattr(processes.connections, "close_all", lambda: None)
    before = {number: signal.getsignal(number) for number in processes.STOP_SIGNALS}

    def run(*commands: list[str], ready=lambda: None) -> None:
        processes.run_together(list(commands), host="127.0.0.1", port=port, ready=ready)

    yield run
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", processes.STOP_SIGNALS)
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

    def start(kept: processes.Kept) -> subprocess.Popen[bytes]:
        starts.append(now)
        kept._started = now
        return ended

    monkeypatch.setattr(processes.Kept, "_start", start)
    monkeypatch.setattr(processes.time, "monotonic", lambda: now)
    kept = processes.Kept(["worker"])
    while now < 100:
        now += 0.5
        kept.start_again_if_ended()

    pauses = [after - before for before, after in itertools.pairwise(starts)]
    assert pauses == sorted(pauses)
    assert pauses[0] < 1
    assert pauses[-1] == pytest.approx(processes.LONGEST_PAUSE_SECONDS, abs=1)


def test_a_port_in_use_is_refused_in_a_sentence(run, port) -> None:
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(CommandError, match=f"choose another: PORT={port + 1} make demo"),
    ):
        run([sys.executable, "-c", "raise SystemExit"])
