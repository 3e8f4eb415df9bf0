"""Compares what clients were answered with the database and with what the receiver was sent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from accounts.models import Event, Organization, WebhookDelivery
from bench.soak.journal import Act, Journal
from billing.models import Authorization, LedgerEntry, Reservation
from scheduling.models import Appointment, Status
from tests.accounts.webhooks.receiver import Receiver
from tests.concurrency import consistency

STEPS = {
    "book": "appointment.booked",
    "reschedule": "appointment.rescheduled",
    "cancel": "appointment.cancelled",
    "check-in": "appointment.arrived",
    "start": "appointment.started",
    "complete": "appointment.completed",
}
STATUS_AFTER = {
    "book": Status.SCHEDULED,
    "reschedule": Status.SCHEDULED,
    "cancel": Status.CANCELLED,
    "check-in": Status.ARRIVED,
    "start": Status.IN_PROGRESS,
    "complete": Status.COMPLETED,
}

# Whatever moved units says so in the audit trail, in the same transaction.
ENTRIES_WITHOUT_EVENT = """
SELECT 'entry ' || l.number || ' of authorization ' || l.authorization_id || ' has no event'
  FROM billing_ledgerentry l
 WHERE l.organization_id = %(organization)s AND l.reservation_id IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM accounts_event e
                    WHERE e.object_type = 'billing.authorization'
                      AND e.object_id = l.authorization_id
                      AND e.details ->> 'entry' = l.number::text)
"""
EVENTS_WITHOUT_DELIVERY = """
SELECT 'event ' || e.id || ' (' || e.action || ') waits for no delivery'
  FROM accounts_event e
 WHERE e.organization_id = %(organization)s AND e.action = ANY (%(types)s)
   AND e.id > %(since)s
   AND NOT EXISTS (SELECT 1 FROM accounts_webhookdelivery d WHERE d.event_id = e.id)
"""


@dataclass
class Findings:
    """Each is a list of sentences; all should be empty."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    overbooked: list[str] = field(default_factory=list)
    half_done: list[str] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        return {name: len(found) for name, found in vars(self).items()}


def audit(
    organization: Organization, journal: Journal, receiver: Receiver, *, events_since: int
) -> Findings:
    """`events_since` is the last event before the webhook was created."""
    found = Findings(surprises=list(journal.surprises))
    found.lost += [f"no answer to {act.kind} {act.path}" for act in journal.unanswered]
    _reservations(organization, journal, found)
    _balances(journal, found)
    _appointments(organization, journal, found)
    for problem in consistency.problems():
        (found.overbooked if "overlap" in problem else found.half_done).append(problem)
    found.half_done += _sentences(ENTRIES_WITHOUT_EVENT, organization=organization.pk)
    _deliveries(organization, receiver, events_since, found)
    return found


# Units


def _reservations(organization: Organization, journal: Journal, found: Findings) -> None:
    rows = Reservation.objects.filter(organization=organization, source__startswith="soak:")
    there = {row.pk: row for row in rows}
    expected = {pk: _ended(ends) for pk, ends in _by_reservation(journal).items()}
    for pk, wanted in expected.items():
        row = there.get(pk)
        if row is None or (row.state, row.consumed_units) != wanted:
            is_now = row and (row.state, row.consumed_units)
            found.lost.append(f"reservation {pk} was {wanted}, is {is_now}")
    sources = Counter(row.source for row in there.values())
    found.doubled += [f"{source} was reserved {n} times" for source, n in sources.items() if n > 1]
    found.doubled += [f"reservation {pk} was never answered for" for pk in there.keys() - expected]
    entries = LedgerEntry.objects.filter(reservation__in=rows).values_list("reservation_id", "kind")
    found.doubled += [
        f"reservation {pk} has {n} entries of {kind}"
        for (pk, kind), n in Counter(entries).items()
        if n > 1
    ]


def _by_reservation(journal: Journal) -> dict[int, list[Act]]:
    acts: dict[int, list[Act]] = {act.answer["id"]: [] for act in journal.done("reserve")}
    for act in journal.done("release", "consume"):
        acts[_id_in(act.path)].append(act)
    return acts


def _ended(ends: list[Act]) -> tuple[str, int | None]:
    if not ends:
        return Reservation.State.ACTIVE, None
    if ends[0].kind == "release":
        return Reservation.State.RELEASED, None
    return Reservation.State.CONSUMED, ends[0].body["units"]


def _balances(journal: Journal, found: Findings) -> None:
    """Each authorization's, as arithmetic says."""
    wanted: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for act in journal.done("reserve"):
        wanted[_id_in(act.path)][1] += act.body["units"]
    held = {act.answer["id"]: act for act in journal.done("reserve")}
    for act in journal.done("release", "consume"):
        reserved = held[_id_in(act.path)]
        balance = wanted[_id_in(reserved.path)]
        balance[0] += act.body.get("units", 0)
        balance[1] -= reserved.body["units"]
    for row in Authorization.objects.filter(pk__in=wanted):
        used, reserved_units = wanted[row.pk]
        if (row.used_units, row.reserved_units) != (used, reserved_units):
            text = f"{row.number}: used {row.used_units}, reserved {row.reserved_units}"
            (
                found.doubled
                if row.available_units < row.total_units - used - reserved_units
                else found.lost
            ).append(f"{text}; acknowledged {used} and {reserved_units}")
    beyond = [row for row in Authorization.objects.all() if row.available_units < 0]
    found.overbooked += [f"{row.number} is overdrawn" for row in beyond]


# Appointments


def _appointments(organization: Organization, journal: Journal, found: Findings) -> None:
    there = {row.pk: row for row in Appointment.objects.filter(organization=organization)}
    acts: dict[int, list[Act]] = {act.answer["id"]: [act] for act in journal.done("book")}
    for act in journal.done(*STEPS):
        if act.kind != "book":
            acts[_id_in(act.path)].append(act)
    for pk, done in acts.items():
        row = there.get(pk)
        wanted = STATUS_AFTER[done[-1].kind]
        if row is None or row.status != wanted:
            found.lost.append(f"appointment {pk} was {wanted}, is {row and row.status}")
    found.doubled += [f"appointment {pk} was never answered for" for pk in there.keys() - acts]
    events = Event.objects.filter(organization=organization, object_type="scheduling.appointment")
    counted = Counter(events.values_list("object_id", "action"))
    for pk, done in acts.items():
        for act in done:
            recorded = counted[pk, STEPS[act.kind]]
            if recorded != 1:
                text = f"{STEPS[act.kind]} of appointment {pk} is recorded {recorded} times"
                (found.doubled if recorded else found.half_done).append(text)


# What went out


def _deliveries(
    organization: Organization, receiver: Receiver, since: int, found: Findings
) -> None:
    found.half_done += _sentences(
        EVENTS_WITHOUT_DELIVERY,
        organization=organization.pk,
        since=since,
        types=[*STEPS.values()],
    )
    waiting = WebhookDelivery.objects.filter(organization=organization).exclude(status="delivered")
    found.half_done += [
        f"delivery {pk} is not delivered" for pk in waiting.values_list("pk", flat=True)
    ]
    arrived = [one.data for one in receiver.requests]
    ids = {one["event_id"] for one in arrived}
    sent = WebhookDelivery.objects.filter(organization=organization, status="delivered")
    found.lost += [
        f"event {pk} never arrived"
        for pk in sent.values_list("event_id", flat=True)
        if pk not in ids
    ]
    found.half_done += _out_of_order(arrived)


def _out_of_order(arrived: Iterable[dict[str, Any]]) -> list[str]:
    """By the first time that each arrived; later ones are repetitions."""
    last: dict[tuple[str, int], int] = {}
    seen: set[int] = set()
    wrong = []
    for one in arrived:
        event, of = one["event_id"], (one["object"], one["object_id"])
        if event in seen:
            continue
        seen.add(event)
        if event < last.get(of, 0):
            wrong.append(f"event {event} arrived after {last[of]} of the same object")
        last[of] = max(event, last.get(of, 0))
    return wrong


def repeated(receiver: Receiver) -> int:
    """How many deliveries arrived more than once, as at least once allows."""
    return len(receiver.requests) - len({one.id for one in receiver.requests})


def _id_in(path: str) -> int:
    """Of `/reservations/17/release`."""
    return int(path.split("/")[2])


def _sentences(sql: str, **values: Any) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [text for (text,) in cursor.fetchall()]
