"""What a booking, the week and the ledger's questions cost as years of entries gather."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import Patient, Practitioner
from bench import pages
from bench.data import (
    AUTHORIZATIONS,
    PATIENTS,
    PRACTITIONERS,
    RESERVATIONS,
    Clinic,
    add_patients,
    in_bulk,
    verify,
)
from bench.figures import Report, say, shown
from bench.history import BALANCES, ROOM_FOR
from bench.place import copy_database, drop_database, use
from billing.ledger import replay
from billing.models import Authorization
from scheduling.appointments import cancellation
from scheduling.appointments import services as appointments

FIRST = 200_000  # the number of the first patient whose authorization has a long history
EACH = 500  # reservations of one authorization: a grant, and two entries for each
UNITS = 100_000
DAYS = 390
TURNS = 6

# One reservation a day or so, consumed an hour later. The same moments for every authorization.
# That `j` reckons with `n`, and the movements with `j`, nests the loops: the rows come in the
# ledger's order, and ten million of them need no sorting.
RESERVATION_ROWS = f"""
INSERT INTO billing_reservation (
    id, organization_id, authorization_id, service_code_id, units, consumed_units,
    date_of_service, source, state, created_at, ended_at)
SELECT {RESERVATIONS} + n::bigint * {ROOM_FOR} + j, %(organization)s, {AUTHORIZATIONS} + n,
       %(service)s, 1, 1, %(start)s::date + j * {DAYS} / {EACH}, 'import:' || n || '-' || j,
       'consumed', %(start)s, %(start)s
  FROM generate_series(%(first)s, %(last)s - 1) AS n,
       generate_series(1, {EACH} + 0 * n) AS j
"""

ENTRY_ROWS = f"""
INSERT INTO billing_ledgerentry (
    organization_id, authorization_id, number, kind, units, total_delta, used_delta,
    reserved_delta, total_after, used_after, reserved_after, reservation_id, date_of_service,
    source, reason, request_id, at)
SELECT %(organization)s, {AUTHORIZATIONS} + n, 2 * j + used, kind, 1, 0, used, held, {UNITS},
       j - 1 + used, 1 - used, {RESERVATIONS} + n::bigint * {ROOM_FOR} + j,
       %(start)s::date + j * {DAYS} / {EACH}, 'import:' || n || '-' || j, '', '',
       %(start)s + (j * {DAYS * 86400 // EACH} + used * 3600) * interval '1 second'
  FROM generate_series(%(first)s, %(last)s - 1) AS n,
       generate_series(1, {EACH} + 0 * n) AS j,
       LATERAL (VALUES ('reserve', 0 * j, 1), ('consume', 1, -1)) AS movement (kind, used, held)
"""


@dataclass(frozen=True)
class Stage:
    """A database with so many authorizations of a thousand entries each."""

    name: str
    database: str
    authorizations: int


STAGES = (
    Stage("10 thousand", "grown_1", 10),
    Stage("1 million", "grown_2", 1_000),
    Stage("10 million", "grown_3", 10_000),
)


def run(clinic: Clinic, base: str, report: Report) -> None:
    before, unexplained = base, 0
    made = 0
    for stage in STAGES:
        copy_database(stage.database, of=before)
        use(stage.database)
        began = time.perf_counter()
        _add(clinic, range(FIRST + made, FIRST + stage.authorizations))
        unexplained += verify()
        say(f"  {stage.name} entries made and verified in {time.perf_counter() - began:.0f} s")
        before, made = stage.database, stage.authorizations
    report.note("growth.unexplained", unexplained)
    took = _measure(clinic)
    _note(took, report)
    use(base)
    for stage in STAGES:
        drop_database(stage.database)


def _add(clinic: Clinic, numbers: range) -> None:
    values = {
        "organization": clinic.organization.pk,
        "service": clinic.service.pk,
        "first": numbers.start,
        "last": numbers.stop,
        "start": timezone.now() - timedelta(days=DAYS + 5),
        "from": AUTHORIZATIONS + numbers.start,
        "to": AUTHORIZATIONS + numbers.stop,
    }
    is_large = len(numbers) > STAGES[0].authorizations
    with in_bulk(), connection.cursor() as cursor:
        add_patients(clinic, numbers, units=UNITS)
        with _without_indexes() if is_large else _as_it_is():
            cursor.execute(RESERVATION_ROWS, values)
            cursor.execute(ENTRY_ROWS, values)
        cursor.execute(BALANCES, values)


@contextmanager
def _as_it_is() -> Iterator[None]:
    yield


@contextmanager
def _without_indexes() -> Iterator[None]:
    """Building an index at the end is several times as fast as keeping it up for each row."""
    find = """
        SELECT index.indexrelid::regclass::text, pg_get_indexdef(index.indexrelid)
          FROM pg_index AS index
         WHERE index.indrelid IN ('billing_ledgerentry'::regclass, 'billing_reservation'::regclass)
           AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = index.indexrelid)
    """
    with connection.cursor() as cursor:
        cursor.execute(find)
        found = cursor.fetchall()
        for name, _ in found:
            cursor.execute(f"DROP INDEX {name}")
        yield
        cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")
        for _, definition in found:
            cursor.execute(definition)


def _measure(clinic: Clinic) -> dict[str, dict[str, list[float]]]:
    """Turn by turn, every database answers each question a few times."""
    took: dict[str, dict[str, list[float]]] = {}
    for turn in range(TURNS):
        for stage in STAGES if turn % 2 == 0 else reversed(STAGES):
            use(stage.database)
            with pages.signed_in(clinic) as browser:
                for what, ask in _questions(clinic, browser, turn).items():
                    ask(0)
                    for number in range(1, 6):
                        began = time.perf_counter()
                        ask(number)
                        passed = (time.perf_counter() - began) * 1000
                        took.setdefault(what, {}).setdefault(stage.name, []).append(passed)
    return took


def _questions(clinic: Clinic, browser: Any, turn: int) -> dict[str, Callable[[int], Any]]:
    when = timezone.now() - timedelta(days=DAYS // 2)
    addresses = pages.addresses(clinic)
    ids = [AUTHORIZATIONS + FIRST + number for number in range(10)]
    long_ones = Authorization.objects.in_bulk(ids)
    days = clinic.organization.local(timezone.now()).replace(minute=0, second=0, microsecond=0)

    def book(number: int) -> None:
        starts = days.replace(hour=number) + timedelta(days=30 + turn)
        made = appointments.book(
            actor=clinic.desk,
            patient=Patient.objects.get(pk=PATIENTS + FIRST + number),
            practitioner=Practitioner.objects.get(pk=PRACTITIONERS + number),
            service_code=clinic.service,
            starts_at=starts,
            ends_at=starts + timedelta(hours=1),
            authorization=long_ones[ids[number]],
        )
        cancellation.cancel(actor=clinic.desk, appointment=made, reason="")

    return {
        "booking": book,
        "week view": lambda _: browser.get(addresses["week, everybody"]),
        "authorization list": lambda _: browser.get(addresses["authorizations"]),
        "explain": lambda number: list(replay.explain(long_ones[ids[number]])[:50]),
        "balance as of": lambda number: replay.balance_as_of(long_ones[ids[number]], when),
    }


def _note(took: dict[str, dict[str, list[float]]], report: Report) -> None:
    rows = []
    for what, by_stage in took.items():
        medians = [median(by_stage[stage.name]) for stage in STAGES]
        grown = report.note(f"growth.{what.replace(' ', '_')}.ratio", medians[-1] / medians[0])
        for stage, each in zip(STAGES, medians, strict=True):
            report.note(f"growth.{what}.{stage.name}_ms".replace(" ", "_"), each)
        rows.append([what, *(shown(one, 2) for one in medians), f"{grown:.2f}"])
    report.table(
        "With a growing ledger (milliseconds, the median; booking is booked and cancelled)",
        ["question", *(f"{stage.name} entries" for stage in STAGES), "last ÷ first"],
        rows,
    )
