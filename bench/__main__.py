"""`python -m bench [--quick] [--only ledger,http,...]`: measure, print, keep, compare."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench import place
from bench.figures import Report, judged, keep, print_budgets, say

PARTS = ("ledger", "http", "pages", "growth")
QUICK_PARTS = PARTS[:-1]  # what has not grown much shows nothing
LEDGER, PAGES = "ledger", "pages"  # the two clinics
LEDGER_FIRST = 100_000
PRACTITIONERS_FIRST = 100_000
TEAM = range(10)  # practitioners
GROWN = 100  # times the patients, appointments and entries of a quarter: 25 years of them
BASE = "caretally"


class Run:
    """One measuring of everything, on a database made for it."""

    def __init__(self, *, is_quick: bool) -> None:
        self.is_quick = is_quick
        self.report = Report()
        self.numbers = range(LEDGER_FIRST, LEDGER_FIRST + (2_000 if is_quick else 10_000))

    def prepare(self) -> None:
        from bench import data, history
        from bench.data import PATIENTS_AT_ONCE

        patients = range(PATIENTS_AT_ONCE)
        self.pages = data.found(PAGES)
        with data.in_bulk():
            data.add_practitioners(self.pages, TEAM)
            data.add_patients(self.pages, patients, units=1_000)
            history.add_appointments(self.pages, patients)
        place.copy_database("small", of=BASE)
        self.ledger = data.found(LEDGER)
        self.practitioners = range(PRACTITIONERS_FIRST, PRACTITIONERS_FIRST + 1_300)
        with data.in_bulk():
            data.add_practitioners(self.ledger, self.practitioners)
            data.add_patients(self.ledger, self.numbers, units=1_000_000)
        self.report.note("made.unexplained", data.verify())

    def measure_ledger(self) -> None:
        from bench.ledger import Ledger

        Ledger(self.ledger, self.numbers, self.report, is_quick=self.is_quick).run()

    def measure_http(self) -> None:
        from bench import browser, http, pages

        self._count_statements()
        product, bare = place.free_ports(2)
        environment = http.bare_environment(self.ledger, self.numbers.start, place.var())
        with (
            place.product_server(port=product) as server,
            place.bare_server(port=bare, extra=environment),
        ):
            measuring = http.Http(
                self.ledger,
                self.numbers,
                self.practitioners,
                self.report,
                product_port=product,
                bare_port=bare,
                is_quick=self.is_quick,
            )
            measuring.run()
            looked_at = pages.addresses(self.ledger, self.numbers.start)
            measuring.mixed(
                server, cookie=pages.cookie(self.ledger), pages=list(looked_at.values())
            )
            if not self.is_quick:
                cookie = pages.cookie(self.pages)
                seen = pages.addresses(self.pages)
                browser.run(seen, self.report, port=product, cookie=cookie)

    def _count_statements(self) -> None:
        from accounts.models import Patient, Practitioner
        from bench.data import AUTHORIZATIONS, PATIENTS, PRACTITIONERS
        from bench.statements import statements_of_booking
        from billing.models import Authorization
        from scheduling.appointments import services as appointments

        organization, first = self.ledger.organization, self.numbers.start
        starts = organization.local(datetime.now(UTC)) + timedelta(days=250)
        wanted: dict[str, Any] = {
            "patient": Patient.objects.get(pk=PATIENTS + first),
            "practitioner": Practitioner.objects.get(pk=PRACTITIONERS + PRACTITIONERS_FIRST),
            "authorization": Authorization.objects.get(pk=AUTHORIZATIONS + first),
        }
        counted = statements_of_booking(
            lambda: appointments.book(
                actor=self.ledger.desk,
                service_code=self.ledger.service,
                starts_at=starts,
                ends_at=starts + timedelta(hours=1),
                **wanted,
            )
        )
        for name, value in counted.items():
            self.report.note(f"booking.{name}", value)

    def measure_pages(self) -> None:
        from bench import data, history
        from bench.pages import Pages

        databases = {"1×": "small"}
        if not self.is_quick:
            place.copy_database("large", of="small")
            place.use("large")
            with data.in_bulk():
                history.add_years(self.pages, GROWN)
            databases[f"{GROWN}×"] = "large"
            self.report.note("made.unexplained_large", data.verify())
        Pages(self.pages, databases, self.report, is_quick=self.is_quick).run()
        place.use(BASE)

    def measure_growth(self) -> None:
        from bench import growth

        growth.run(self.pages, "small", self.report)
        place.use(BASE)


def main() -> int:
    asked = _arguments()
    parts = asked.only or list(QUICK_PARTS if asked.quick else PARTS)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Ended from outside."))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="caretally-bench-") as folder:
        place.settle(Path(folder))
        about = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **place.about()}
        run = Run(is_quick=asked.quick)
        try:
            _timed("prepared", run.prepare)
            for part in parts:
                _timed(part, getattr(run, f"measure_{part}"))
        finally:
            place.leave()
    report = run.report
    report.note("bench.seconds", time.monotonic() - began)
    budgets = judged(report, is_quick=asked.quick, is_whole=set(parts) == set(PARTS))
    print_budgets(budgets, report)
    about |= {"quick": asked.quick, "parts": parts}
    keep(asked.out, about=about, report=report, budgets=budgets)
    say(f"Measured in {time.monotonic() - began:.0f} s; every figure is in {asked.out}.")
    broken = [one["name"] for one in budgets if not one["held"]]
    if broken:
        say(f"Broken: {'; '.join(broken)}.")
    return 1 if broken else 0


def _timed(what: str, call: Callable[[], None]) -> None:
    began = time.monotonic()
    call()
    say(f"({what}: {time.monotonic() - began:.0f} s)\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less of it, judged by ratios")
    parser.add_argument("--only", type=_parts, help=",".join(PARTS))
    parser.add_argument("--out", type=Path, default=place.ROOT / "var" / "bench" / "latest.json")
    return parser.parse_args()


def _parts(text: str) -> list[str]:
    parts = text.split(",")
    if unknown := set(parts) - set(PARTS):
        raise argparse.ArgumentTypeError(f"there is no {', '.join(sorted(unknown))}")
    return parts


if __name__ == "__main__":
    sys.exit(main())
