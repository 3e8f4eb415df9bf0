"""`python -m bench.soak [--minutes 2] [--seed N]`: load, kill, compare."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median
from typing import TYPE_CHECKING, Any

from bench import place
from bench.figures import say

if TYPE_CHECKING:
    from bench.soak.audit import Findings
    from bench.soak.harm import Harm
    from bench.soak.journal import Journal

CLIENTS = 8
SHARED = 12
PAIRS_A_MINUTE = 40
PATIENCE_SECONDS = 180.0
DELIVERY_SECONDS = 240.0
OUT = place.ROOT / "var" / "bench" / "soak.json"
LOG = OUT.with_suffix(".log")  # what the product said meanwhile


def main() -> int:
    asked = _arguments()
    with tempfile.TemporaryDirectory(prefix="caretally-soak-") as folder:
        place.settle(Path(folder))
        about = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **place.about()}
        try:
            return _soak(asked.minutes, asked.seed, about)
        finally:
            place.leave()


def _soak(minutes: float, seed: int, about: dict[str, Any]) -> int:
    from django.db import connection

    from accounts.models import Event, Organization
    from bench.soak.audit import audit, repeated
    from bench.soak.product import served
    from tests.accounts.webhooks.receiver import receiving

    (port,) = place.free_ports(1)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    say(f"Soaking for {minutes:g} minutes; seed {seed}.")
    with receiving() as receiver:
        ground = _ground(minutes, receiver.url("200"))
        since = Event.objects.latest("pk").pk
        connection.close()
        with served(port, log=LOG) as product:
            journal, harms = _work(ground, product, port=port, minutes=minutes, seed=seed)
            connection.close()  # it was among those that were cut
            _wait_for_deliveries()
        organization = Organization.objects.get(pk=ground.clinic.organization.pk)
        findings = audit(organization, journal, receiver, events_since=since)
    counts = findings.counts() | {"repeated_deliveries": repeated(receiver)}
    recovery = _recovery(journal, harms)
    _tell(journal, harms, findings, counts, recovery)
    kept = {**about, "minutes": minutes, "seed": seed, "counts": counts, "recovery": recovery}
    OUT.write_text(json.dumps(kept, indent=1))
    return 1 if any(findings.counts().values()) else 0


def _ground(minutes: float, webhook: str) -> Any:
    """A clinic with little on what everybody wants, and enough of the rest for the whole run."""
    from accounts.webhooks import services as webhooks
    from bench import data
    from bench.soak.audit import STEPS
    from bench.soak.clients import Ground, quarters_of_today
    from tests.factories import where_it_is_noon

    pairs = range(1_000, 1_000 + CLIENTS * (4 + round(PAIRS_A_MINUTE * minutes / CLIENTS)))
    shared = range(SHARED + round(4 * minutes))
    clinic = data.found("soak", time_zone=where_it_is_noon())
    with data.in_bulk():
        data.add_practitioners(clinic, pairs)
        data.add_patients(clinic, pairs, units=1_000)
        data.add_patients(clinic, shared, units=40)
    webhooks.create(actor=clinic.desk, url=webhook, event_types=[*STEPS.values()])
    first, quarters = quarters_of_today(clinic)
    return Ground(clinic, shared, pairs, first, quarters)


def _work(
    ground: Any, product: Any, *, port: int, minutes: float, seed: int
) -> tuple[Journal, list[Harm]]:
    from bench.soak import harm
    from bench.soak.clients import Client
    from bench.soak.journal import Journal, now

    journal, random = Journal(), Random(seed)
    clients = [
        Client(number, CLIENTS, ground, journal, port=port, seed=seed) for number in range(CLIENTS)
    ]
    until = now() + minutes * 60
    for client in clients:
        client.start()
    harms = []
    for done in harm.done_to(product, random, until=until):
        say(f"  {done.what}")
        harms.append(done)
        if product.ended:
            raise RuntimeError(f"The product gave up; its last words are in {LOG}.")
    time.sleep(max(until - now(), 0))
    for client in clients:
        client.hurry(seconds=PATIENCE_SECONDS)
    for client in clients:
        client.join()
    return journal, harms


def _wait_for_deliveries() -> None:
    from accounts.models import WebhookDelivery

    waiting = WebhookDelivery.objects.filter(status="pending")
    _until(lambda: not waiting.exists(), DELIVERY_SECONDS)


def _until(holds: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.2)


def _recovery(journal: Journal, harms: list[Harm]) -> dict[str, list[float]]:
    """For each kind of harm: the longest time without an acknowledged write behind each."""
    ends = [*(one.at for one in harms[1:]), journal.acts[-1].answered]
    found = defaultdict(list)
    for one, end in zip(harms, ends, strict=True):
        found[one.what].append(round(journal.longest_silence(one.at, end), 2))
    return dict(found)


def _tell(
    journal: Journal,
    harms: list[Harm],
    findings: Findings,
    counts: dict[str, int],
    recovery: dict[str, list[float]],
) -> None:
    done = journal.done()
    asked = sum(act.tries for act in journal.acts)
    say(f"\n{len(done):,} writes acknowledged, asked {asked:,} times; {len(harms)} harms.")
    say("Seconds until writes were acknowledged again (median, longest):")
    for what, silences in sorted(recovery.items()):
        say(f"  {what:<40} {median(silences):6.2f} {max(silences):6.2f}")
    say("  ".join(f"{name.replace('_', ' ')} {n}" for name, n in counts.items()))
    for name, found in vars(findings).items():
        for text in found[:20]:
            say(f"{name.replace('_', ' ')}: {text}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
