"""What is done to the product while it works."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from random import Random

import psutil

from bench.soak.journal import now
from bench.soak.product import Product, database_processes

PAUSE_SECONDS = 2.0
LONGEST_CALM, SHORTEST_CALM = 5.0, 2.0
SETTLING_SECONDS = 6.0  # after a server's death, which takes longest to recover from


@dataclass(frozen=True)
class Harm:
    """What was done, and when: on the monotonic clock, once it was over."""

    what: str
    at: float


def web_worker(product: Product, random: Random) -> None:
    _kill(random.choice(product.web_workers() or [None]))


def job_worker(product: Product, random: Random) -> None:
    _kill(random.choice(product.job_workers() or [None]))


def deliverer(product: Product, random: Random) -> None:
    _kill(random.choice(product.deliverers() or [None]))


def database_backend(product: Product, random: Random) -> None:
    """One connection's process: the server then ends all others and recovers."""
    _kill(random.choice(_backends() or [None]))


def database_server(product: Product, random: Random) -> None:
    """All of it at once, as a power cut does."""
    for one in database_processes():
        _kill(one)


def connections(product: Product, random: Random) -> None:
    """Every one that there is, whatever it is in the middle of."""
    for one in _backends():
        with suppress(psutil.NoSuchProcess):
            one.terminate()  # to such a process: hang up


def database_pause(product: Product, random: Random) -> None:
    """Nothing answers for a while; then everything goes on as if nothing had been."""
    paused = database_processes()
    for one in paused:
        with suppress(psutil.NoSuchProcess):
            one.suspend()
    time.sleep(PAUSE_SECONDS)
    for one in reversed(paused):
        with suppress(psutil.NoSuchProcess):
            one.resume()


HARMS: dict[str, Callable[[Product, Random], None]] = {
    "web worker killed": web_worker,
    "job worker killed": job_worker,
    "deliverer killed": deliverer,
    "database connection's process killed": database_backend,
    "database server killed": database_server,
    "all connections cut": connections,
    "database paused": database_pause,
}


def done_to(product: Product, random: Random, *, until: float) -> Iterator[Harm]:
    """One after the other, every kind in each round, until that instant."""
    while True:
        for what in random.sample([*HARMS], len(HARMS)):
            calm = random.uniform(SHORTEST_CALM, LONGEST_CALM)
            if now() + calm + SETTLING_SECONDS > until:
                return
            time.sleep(calm)
            HARMS[what](product, random)
            yield Harm(what, now())


def _backends() -> list[psutil.Process]:
    """One for each connection."""
    _, *children = database_processes()
    return [one for one in children if _serves_a_client(one)]


def _kill(process: psutil.Process | None) -> None:
    if process is not None:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def _serves_a_client(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return "[local]" in " ".join(process.cmdline())
    return False
