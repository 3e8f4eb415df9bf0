"""The whole stack over HTTP (key, permission, idempotency, checks, event) compared with a bare
view."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import median

import psutil

from bench import clients, load, statements
from bench.clients import Calendar
from bench.data import Clinic, verify
from bench.figures import Report, Sample, ratio, say, shown
from bench.place import address
from bench.rounds import alternate

PRODUCT_MOVES, PRODUCT_BOOKS, BARE = "reserve and release", "book and cancel", "bare view"
SLOTS = 100
CONNECTIONS = (50, 200, 1000)
WARMING, WARM_SECONDS = 16, 3.0
# Of the hours that a client may book: each round has some of its own, and the hundred the last.
HOURS_OF_A_ROUND, LAST_HOURS = 350, 4_700
KEYS = {PRODUCT_MOVES: "moves", PRODUCT_BOOKS: "books", BARE: "bare"}


def bare_environment(clinic: Clinic, number: int, folder: Path) -> dict[str, str]:
    """What the bare view needs to send the service's statements to the same database."""
    where = address()
    kinds = ("reserving", "releasing")
    sent = dict(zip(kinds, statements.of_the_service(clinic, number), strict=True))
    file = folder / "statements.json"
    file.write_text(
        json.dumps({kind: [*map(statements.for_python, sqls)] for kind, sqls in sent.items()})
    )
    database = {"HOST": where["host"], "USER": where["user"], "NAME": where["dbname"]}
    return {"BENCH_STATEMENTS": str(file), "BENCH_DATABASE": json.dumps(database)}


class Http:
    """Measures a clinic whose patients `numbers` each have an authorization."""

    def __init__(
        self,
        clinic: Clinic,
        numbers: range,
        practitioners: range,
        report: Report,
        *,
        product_port: int,
        bare_port: int,
        is_quick: bool,
    ) -> None:
        self._clinic, self._numbers, self._report = clinic, numbers, report
        self._product, self._bare = product_port, bare_port
        self._calendar = Calendar(clinic, practitioners)
        self._is_quick = is_quick
        self._failures: Counter[str] = Counter()
        self._turn = 0

    def run(self) -> None:
        one = range(self._numbers.start, self._numbers.start + 1)
        others = range(one.stop, self._numbers.stop)
        self._warm_up(others)
        self._case("one", one, 50)
        self._case("many", others, 200)
        self._all_at_once()
        self._report.note("http.wrong", sum(self._failures.values()) + verify())
        for what, count in self._failures.most_common(5):
            say(f"  failed {count} times: {what}")

    def mixed(self, server: list[int], *, cookie: str, pages: list[str]) -> None:
        """A clinic's day, with more and more people connected."""
        seconds = 5 if self._is_quick else 60
        rows, failed, seen = [], 0, 0
        for count in (50,) if self._is_quick else CONNECTIONS:
            memory = _Memory(server)
            with memory:
                outcome = load.run(
                    [
                        clients.clinic_day(
                            self._calendar,
                            seen + number,
                            self._numbers.start + seen + number,
                            cookie=cookie,
                            pages=pages,
                        )
                        for number in range(count)
                    ],
                    port=self._product,
                    seconds=seconds,
                )
            failed += outcome.sample.failures
            seen += count  # other people come than before
            rows.append(self._mixed_row(count, outcome, memory))
        self._report.note("http.mixed.failures", failed)
        self._report.table(
            "A clinic's day: 70% calendar and lists, 20% booking, 10% sessions",
            ["connections", "per s", "p50", "p95", "p99", "failed", "memory MB", "grown by"],
            rows,
        )

    def _mixed_row(self, count: int, outcome: load.Outcome, memory: _Memory) -> list[str]:
        name, sample = f"http.mixed.{count}", outcome.sample
        self._report.note_samples(name, [sample])
        self._report.note(f"{name}.memory_mb", memory.last)
        self._report.note(f"{name}.memory_growth", memory.growth)
        for what, number in outcome.failures.most_common(5):
            say(f"  failed {number} times: {what}")
        return [
            str(count),
            shown(sample.per_second),
            *(shown(sample.p(percent), 1) for percent in (50, 95, 99)),
            str(sample.failures),
            shown(memory.last),
            f"{(memory.growth - 1) * 100:.0f}%",
        ]

    def _case(self, where: str, numbers: range, count: int) -> None:
        seconds = 1.5 if self._is_quick else 2.0
        samples = alternate(self._ways(numbers, count, seconds), rounds=3)
        rows = []
        for way, each in samples.items():
            name = f"http.{where}.{KEYS[way]}"
            self._report.note_samples(name, each)
            of_bare = self._report.note(f"{name}.ratio", ratio(each, samples[BARE]))
            rows.append(
                [
                    way,
                    f"{of_bare:.2f}",
                    shown(median(one.per_second for one in each)),
                    *(shown(median(one.p(percent) for one in each), 1) for percent in (50, 95, 99)),
                    str(sum(one.failures for one in each)),
                ]
            )
        plural = "one authorization" if where == "one" else "different ones"
        self._report.table(
            f"Over HTTP, {count} connections on {plural} (requests a second, milliseconds)",
            ["way", "ratio", "per s", "p50", "p95", "p99", "failed"],
            rows,
        )

    def _ways(self, numbers: range, count: int, seconds: float) -> dict[str, Callable[[], Sample]]:
        def product(seed: int) -> load.Script:
            return clients.unit_mover(self._clinic, numbers, seed)

        def books(client: int) -> load.Script:
            return clients.booker(self._calendar, client, numbers, first_turn=self._turn)

        def bare(seed: int) -> load.Script:
            return clients.bare_mover(numbers, seed)

        def measure(make: Callable[[int], load.Script], port: int) -> Sample:
            # What a client had not cancelled when the time was over stays: next, other hours.
            self._turn += HOURS_OF_A_ROUND if make is books else 0
            outcome = load.run([make(n) for n in range(count)], port=port, seconds=seconds)
            self._failures += outcome.failures
            return outcome.sample

        return {
            BARE: lambda: measure(bare, self._bare),
            PRODUCT_MOVES: lambda: measure(product, self._product),
            PRODUCT_BOOKS: lambda: measure(books, self._product),
        }

    def _warm_up(self, numbers: range) -> None:
        """Every worker has served each kind of request before any is measured."""
        for way in self._ways(numbers, WARMING, WARM_SECONDS).values():
            way()

    def _all_at_once(self) -> None:
        """A hundred people book a hundred different hours in the same moment."""
        took = []
        for number in range(3):
            outcome = load.run(
                [
                    clients.booker_once(
                        self._calendar, n, self._numbers.start + n, turn=LAST_HOURS + number
                    )
                    for n in range(SLOTS)
                ],
                port=self._product,
                seconds=load.PATIENCE_SECONDS,
            )
            self._failures += outcome.failures
            took.append(outcome.sample.seconds)
        self._report.note("http.hundred_seconds", median(took))
        self._report.table(
            "A hundred bookings of a hundred hours, all at once (seconds until the last answer)",
            ["median", "slowest"],
            [[f"{median(took):.2f}", f"{max(took):.2f}"]],
        )


class _Memory:
    """The memory of the server's processes, sampled every second."""

    def __init__(self, processes: list[int]) -> None:
        self._processes = [psutil.Process(pid) for pid in processes]
        self._seen: list[float] = []
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> None:
        self._watch.start()

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._watch.join()

    def _look(self) -> None:
        while True:
            self._seen.append(sum(one.memory_info().rss for one in self._processes) / 2**20)
            if self._over.wait(1):
                return

    @property
    def last(self) -> float:
        return self._seen[-1]

    @property
    def growth(self) -> float:
        """Over the second half of the time: what is only warming up is over by then."""
        return self._seen[-1] / self._seen[len(self._seen) // 2]
