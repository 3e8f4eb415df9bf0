"""The product as `manage.py serve` runs it, and which of its processes is which."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from bench import place

STOP_SECONDS = 30


class Product:
    """Its processes are found again each time, since they are killed and replaced."""

    def __init__(self, port: int, log: Path) -> None:
        with log.open("wb") as written:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--port", str(port)],
                cwd=place.ROOT,
                env=os.environ | {"WEBHOOK_TIMEOUT_SECONDS": "2"},
                stdout=written,
                stderr=written,
            )
        place.wait_for(port, self._process)

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    def web_workers(self) -> list[psutil.Process]:
        return [child for one in self._named("granian") for child in _children(one)]

    def job_workers(self) -> list[psutil.Process]:
        return self._named("procrastinate")

    def deliverers(self) -> list[psutil.Process]:
        return self._named("deliver_webhooks")

    def _named(self, word: str) -> list[psutil.Process]:
        """Of the processes that `serve` keeps."""
        return [one for one in _children(psutil.Process(self._process.pid)) if _says(one, word)]

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()


@contextmanager
def served(port: int, *, log: Path) -> Iterator[Product]:
    product = Product(port, log)
    try:
        yield product
    finally:
        product.stop()


def database_processes() -> list[psutil.Process]:
    """The server's first process, then its children."""
    record = place.var() / "postgres" / "postmaster.pid"
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError, ValueError, psutil.NoSuchProcess):
            first = psutil.Process(int(record.read_text().split("\n", 1)[0]))
            return [first, *_children(first)]
        time.sleep(0.1)  # it is just being started again
    raise RuntimeError("The database server did not come back.")


def _children(process: psutil.Process) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        return process.children()
    return []


def _says(process: psutil.Process, word: str) -> bool:
    with suppress(psutil.NoSuchProcess):
        return any(word in part for part in process.cmdline())
    return False
