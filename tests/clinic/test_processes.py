import os
import signal
import socket
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


def test_one_process_that_ends_ends_the_others(run, port, tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    web = [sys.executable, "-c", LISTEN, str(port), str(witness)]
    worker = [sys.executable, "-c", "import sys, time; time.sleep(1); sys.exit(3)"]

    with pytest.raises(CommandError, match="ended by itself with code 3"):
        run(web, worker)

    assert witness.read_text() == "ended in order"


def test_a_port_in_use_is_refused_in_a_sentence(run, port) -> None:
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(CommandError, match=f"choose another: PORT={port + 1} make demo"),
    ):
        run([sys.executable, "-c", "raise SystemExit"])
