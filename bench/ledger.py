"""Units moved in process: the service compared with its statements in pgbench, and two usual
designs."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

from bench import pgbench, statements
from bench.data import AUTHORIZATIONS, Clinic, verify
from bench.figures import Report, Sample, ratio, shown
from bench.rounds import alternate
from bench.ways import ORM, SERVICE, SERVICE_SERIALIZABLE, USUAL_DESIGN
from bench.writers import THREADS, Job, Process

PGBENCH, PGBENCH_SIMPLE = "pgbench, prepared", "pgbench, simple"
UNBOUNDED = "service, unbounded"
CROWD = 50  # so many writers meet every way
NAMES = {
    PGBENCH: "pgbench",
    PGBENCH_SIMPLE: "pgbench_simple",
    SERVICE: "service",
    UNBOUNDED: "unbounded",
    SERVICE_SERIALIZABLE: "service_serializable",
    USUAL_DESIGN: "usual",
    ORM: "orm",
}


class Ledger:
    """Measures one clinic with so many authorizations; `hot` is the number of one of them."""

    def __init__(self, clinic: Clinic, numbers: range, report: Report, *, is_quick: bool) -> None:
        self._clinic, self._numbers, self._report = clinic, numbers, report
        self._is_quick = is_quick
        self._texts = statements.of_the_service(clinic, numbers.start)
        self._processes = [Process(clinic.organization.slug) for _ in range(2)]

    def run(self) -> None:
        one = range(self._numbers.start, self._numbers.start + 1)
        cases = [("one", one, CROWD), ("many", self._numbers, CROWD)]
        if not self._is_quick:
            cases = [
                *(("one", one, writers) for writers in (1, 10, 50)),
                *(("many", self._numbers, writers) for writers in (10, 50, 200)),
            ]
        for where, numbers, writers in cases:
            self._case(where, numbers, writers)
        if not self._is_quick:
            self._bursts(one)
        self._report.note("ledger.unexplained", verify())
        self._sum_up()
        for process in self._processes:
            process.stop()

    def _sum_up(self) -> None:
        """What must be zero: failures of the service, and aborts where it locks rows."""
        figures = self._report.figures
        failed = sum(figures[name] for name in figures if _is_of_service(name, "failures"))
        aborted = sum(figures[name] for name in figures if _is_of_service(name, "aborts"))
        self._report.note("ledger.wrong", failed + figures["ledger.unexplained"])
        self._report.note("ledger.aborts", aborted)

    def _case(self, where: str, numbers: range, writers: int) -> None:
        seconds = 1.0 if self._is_quick else 1.5
        samples = alternate(self._ways(numbers, writers, seconds), rounds=3)
        key = f"ledger.{where}.{writers}"
        base = PGBENCH if PGBENCH in samples else PGBENCH_SIMPLE
        rows = []
        for way, each in samples.items():
            name = f"{key}.{NAMES[way]}"
            self._report.note_samples(name, each)
            of_base = self._report.note(f"{name}.ratio", ratio(each, samples[base]))
            rows.append(_row(way, each, of_base))
        self._compare(key, samples)
        plural = "one authorization" if where == "one" else f"{len(numbers):,} authorizations"
        self._report.table(
            f"{writers} writers, {plural} (a second, and milliseconds from wish to result)",
            ["way", "ratio", "per s", "p50", "p95", "p99", "aborts", "retries", "failed"],
            rows,
        )

    def _compare(self, key: str, samples: dict[str, list[Sample]]) -> None:
        ours = samples[SERVICE]
        if ORM in samples:
            self._report.note(f"{key}.service_to_orm", ratio(ours, samples[ORM]))

    def _bursts(self, one: range) -> None:
        """Everybody wants a unit of the same authorization in the same moment."""

        def burst(way: str, *, bounded: bool) -> Callable[[], Sample]:
            return lambda: self._written(way, one, CROWD, 0, bounded=bounded, is_burst=True)

        ways = {
            SERVICE: burst(SERVICE, bounded=True),
            USUAL_DESIGN: burst(USUAL_DESIGN, bounded=False),
            ORM: burst(ORM, bounded=False),
        }
        samples = alternate(ways, rounds=5)
        for way, each in samples.items():
            self._report.note_samples(f"ledger.burst.{NAMES[way]}", each)
        pairs = zip(samples[USUAL_DESIGN], samples[SERVICE], strict=True)
        p95 = median(theirs.p(95) / mine.p(95) for theirs, mine in pairs)
        self._report.note("ledger.burst.usual_p95_to_service", p95)
        self._report.table(
            f"{CROWD} writers, one authorization, all in one moment (milliseconds to the result)",
            ["way", "p50", "p95", "p99", "aborts", "retries", "failed"],
            [_latencies(way, each) for way, each in samples.items()],
        )

    def _ways(
        self, numbers: range, writers: int, seconds: float
    ) -> dict[str, Callable[[], Sample]]:
        text = pgbench.script(*self._texts, numbers)

        def by_pgbench(*, prepared: bool) -> Callable[[], Sample]:
            return lambda: pgbench.run(text, clients=writers, seconds=seconds, prepared=prepared)

        def by(way: str, *, bounded: bool = True) -> Callable[[], Sample]:
            return lambda: self._written(way, numbers, writers, seconds, bounded=bounded)

        ways = {
            PGBENCH: by_pgbench(prepared=True),
            PGBENCH_SIMPLE: by_pgbench(prepared=False),
            SERVICE: by(SERVICE),
            UNBOUNDED: by(SERVICE, bounded=False),
            SERVICE_SERIALIZABLE: by(SERVICE_SERIALIZABLE),
            USUAL_DESIGN: by(USUAL_DESIGN, bounded=False),
            ORM: by(ORM, bounded=False),
        }
        left_out = set() if writers == CROWD else {PGBENCH_SIMPLE, UNBOUNDED}
        if self._is_quick:
            left_out = {PGBENCH_SIMPLE, UNBOUNDED, SERVICE_SERIALIZABLE, USUAL_DESIGN}
        for way in left_out:
            del ways[way]
        return ways

    def _written(
        self,
        way: str,
        numbers: range,
        writers: int,
        seconds: float,
        *,
        bounded: bool,
        is_burst: bool = False,
    ) -> Sample:
        processes = self._processes[: min(writers, len(self._processes))]
        for place, process in enumerate(processes):
            share = writers // len(processes)
            process.begin(
                Job(
                    way=way,
                    writers=share,
                    threads=min(THREADS, share) if bounded else share,
                    first=AUTHORIZATIONS + numbers.start,
                    last=AUTHORIZATIONS + numbers.stop,
                    seconds=seconds,
                    name=f"bench{place}",
                    is_burst=is_burst,
                )
            )
        return Sample.together([process.result() for process in processes])


def _is_of_service(name: str, what: str) -> bool:
    *_, way, last = name.split(".")
    ways = {"service", "unbounded"} | ({"service_serializable"} if what == "failures" else set())
    return name.startswith("ledger.") and way in ways and last == what


def _row(way: str, samples: list[Sample], of_base: float) -> list[str]:
    name, *latencies = _latencies(way, samples)
    return [
        name,
        f"{of_base:.2f}",
        shown(median(one.per_second for one in samples)),
        *latencies,
    ]


def _latencies(way: str, samples: list[Sample]) -> list[str]:
    return [
        way,
        *(shown(median(one.p(percent) for one in samples), 1) for percent in (50, 95, 99)),
        *(
            str(sum(getattr(one, what) for one in samples))
            for what in ("aborts", "retries", "failures")
        ),
    ]
