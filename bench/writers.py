"""One process with some writers, told by its input what to do; prints what came of it.

Many writers wait in one fair line, as requests do in a web worker, and one at a time is let to the
database. A yardstick without such a line gets a thread for every writer.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections import deque
from dataclasses import asdict, dataclass
from random import Random
from typing import Any

from bench.figures import Sample
from bench.place import ROOT

THREADS = 1  # calls that one process lets to the database at once


@dataclass(frozen=True)
class Job:
    way: str
    writers: int
    threads: int
    first: int
    last: int
    seconds: float
    name: str
    is_burst: bool = False  # all begin in one moment, and each has one turn


class Process:
    """Another Python, kept for the whole run."""

    def __init__(self, slug: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.writers", slug],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def begin(self, job: Job) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(asdict(job)) + "\n")
        self._process.stdin.flush()

    def result(self) -> Sample:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("A process of writers ended; its last words are above.")
        return Sample(**json.loads(line))

    def stop(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(30)


def work(job: Job, clinic: Any, authorizations: dict[int, Any]) -> Sample:
    """Let every writer have its turn, first come first served, until the time is over."""
    from bench import ways

    aborted = [0]

    def count() -> None:
        aborted[0] += 1

    ways.isolate(job.way, count)
    random = Random(job.name)
    ids = [pk for pk in authorizations if job.first <= pk < job.last]
    waiting: deque[tuple[float, ways.Writer]] = deque()
    for number in range(job.writers):
        sample = Sample(0, 0)
        source = f"{job.name}:{number}"
        choose = lambda: authorizations[random.choice(ids)]  # noqa: E731
        waiting.append((0, ways.Writer(clinic, source, choose, sample)))
    writers = [writer for _, writer in waiting]
    seconds = _take_turns(job, waiting)
    parts = [writer.sample for writer in writers]
    for part in parts:
        part.seconds = seconds
    _give_back(job.way, writers)
    whole = Sample.together(parts)
    whole.aborts += aborted[0]
    whole.retries += aborted[0]
    return whole


def _take_turns(job: Job, waiting: deque[Any]) -> float:
    from django.db import connection

    start = threading.Barrier(job.threads + 1)
    over = threading.Event()

    def take_turns() -> None:
        connection.ensure_connection()
        start.wait()
        began = time.perf_counter() if job.is_burst else 0
        while waiting and not over.is_set():
            since, writer = waiting.popleft()
            writer.step(job.way)
            now = time.perf_counter()
            if since or began:
                writer.sample.milliseconds.append((now - (since or began)) * 1000)
            if not job.is_burst:
                waiting.append((now, writer))
        connection.close()

    threads = [threading.Thread(target=take_turns) for _ in range(job.threads)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    if not job.is_burst:
        over.wait(job.seconds)
        over.set()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def _give_back(way: str, writers: list[Any]) -> None:
    """Release what is still reserved, so that each way begins with the same balance."""
    for writer in writers:
        writer.sample, sample = Sample(0, 0), writer.sample
        while writer.held is not None:
            writer.step(way)
        writer.sample = sample


def main(slug: str) -> None:
    import django

    django.setup()
    from bench.data import known
    from billing.models import Authorization

    clinic = known(slug)
    rows = Authorization.objects.filter(organization=clinic.organization)
    authorizations = {row.pk: row for row in rows.select_related("patient")}
    for line in sys.stdin:
        sample = work(Job(**json.loads(line)), clinic, authorizations)
        print(json.dumps(asdict(sample)), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
