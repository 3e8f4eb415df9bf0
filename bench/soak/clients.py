"""Programs that work in a clinic over the API, and retry until they are answered.

Each has its own patients and practitioners for appointments, so that only shared authorizations can
refuse.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import httpx

from bench.data import AUTHORIZATIONS, PATIENTS, PRACTITIONERS, Clinic
from bench.soak.journal import Act, Journal, now

ASK_AGAIN = frozenset({500, 502, 503, 504})
TIMEOUT_SECONDS = 8.0
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Ground:
    """What the clients move on: numbers of `bench.data`'s rows, and quarters that have passed."""

    clinic: Clinic
    shared: range  # authorizations that everybody draws on
    pairs: range  # a patient and a practitioner of the same number, each of one client
    first_quarter: datetime
    quarters: int


class Client(threading.Thread):
    def __init__(
        self, number: int, count: int, ground: Ground, journal: Journal, *, port: int, seed: int
    ) -> None:
        super().__init__(daemon=True)
        self._number, self._ground, self._journal = number, ground, journal
        self._random = Random(seed * 1000 + number)
        self._free = self._own_quarters(count)
        self._http = httpx.Client(
            base_url=f"http://127.0.0.1:{port}/api/v1",
            headers={"Authorization": f"Bearer {ground.clinic.api_key}"},
            timeout=TIMEOUT_SECONDS,
        )
        self.over = threading.Event()
        self.patience_ends = float("inf")

    def run(self) -> None:
        scenes: list[Callable[[], None]] = [self._units, self._visit]
        while not self.over.is_set():
            self._random.choice(scenes)()

    def hurry(self, *, seconds: float) -> None:
        """Begin nothing new; what is begun has so long to be answered."""
        self.patience_ends = now() + seconds
        self.over.set()

    # What they do

    def _units(self) -> None:
        """Reserve on what everybody wants; then release, consume, or leave it."""
        n = self._random.choice(self._ground.shared)
        units = self._random.randint(1, 3)
        reserved = self._do(
            "reserve",
            f"/authorizations/{AUTHORIZATIONS + n}/reserve",
            {
                "patient_id": PATIENTS + n,
                "service_code_id": self._ground.clinic.service.pk,
                "units": units,
                "date_of_service": self._ground.clinic.organization.today().isoformat(),
                "source": f"soak:{uuid.uuid4().hex}",
            },
            may_refuse="not_enough_units",
        )
        if not reserved.is_done:
            return
        dice, path = self._random.random(), f"/reservations/{reserved.answer['id']}"
        if dice < 0.8:
            self._do("release", f"{path}/release", {})
        elif dice < 0.95:
            self._do("consume", f"{path}/consume", {"units": self._random.randint(0, units)})

    def _visit(self) -> None:
        """Book; perhaps move; then cancel, complete, or leave it."""
        place = next(self._free, None)
        if place is None:
            return
        pair, starts = place
        booked = self._do(
            "book",
            "/appointments",
            {
                "patient_id": PATIENTS + pair,
                "practitioner_id": PRACTITIONERS + pair,
                "service_code_id": self._ground.clinic.service.pk,
                "authorization_id": AUTHORIZATIONS + pair,
                "starts_at": starts.isoformat(),
                "ends_at": (starts + QUARTER).isoformat(),
            },
        )
        if not booked.is_done:
            return
        path = f"/appointments/{booked.answer['id']}"
        other = next(self._free, None) if self._random.random() < 0.3 else None
        if other and other[0] == pair:  # another pair's quarter is not free for this one
            starts = other[1]
            self._do("reschedule", f"{path}/reschedule", {"starts_at": starts.isoformat()})
        dice = self._random.random()
        if dice < 0.4:
            self._do("cancel", f"{path}/cancel", {})
        elif dice < 0.9:
            self._completed(path, starts)

    def _completed(self, path: str, starts: datetime) -> None:
        for step in ("check-in", "start"):
            self._do(step, f"{path}/{step}", {})
        times = {"started_at": starts.isoformat(), "ended_at": (starts + QUARTER).isoformat()}
        self._do("complete", f"{path}/complete", times)

    def _own_quarters(self, count: int) -> Iterator[tuple[int, datetime]]:
        """Each once: a pair of this client's, and a quarter of an hour."""
        pairs = self._ground.pairs[self._number :: count]
        for pair in pairs:
            for turn in range(self._ground.quarters):
                yield pair, self._ground.first_quarter + turn * QUARTER

    # How they ask

    def _do(self, kind: str, path: str, body: dict[str, Any], *, may_refuse: str = "") -> Act:
        act = Act(self._number, kind, path, body, key=uuid.uuid4().hex)
        self._journal.begin(act)
        while not self._is_answered(act):
            if now() > self.patience_ends:
                self._journal.give_up(act)
                return act
            time.sleep(self._random.uniform(0.05, 0.4))
        act.answered = now()
        if not act.is_done and act.refusal != may_refuse:
            self._journal.wonder(f"{kind} {path}: {act.status} {act.refusal} after {act.tries}")
        return act

    def _is_answered(self, act: Act) -> bool:
        """Whether the answer is one: not a failure, nor that the first request still runs."""
        act.tries += 1
        act.last_sent = now()
        try:
            answer = self._http.post(act.path, json=act.body, headers={"Idempotency-Key": act.key})
        except httpx.TransportError:
            return False
        if answer.status_code in ASK_AGAIN:
            return False
        act.status, act.answer = answer.status_code, answer.json()
        return act.refusal != "idempotency_key_in_flight"


def quarters_of_today(clinic: Clinic) -> tuple[datetime, int]:
    """The first quarter of the clinic's day, and how many have ended by now."""
    local = datetime.now(clinic.organization.zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    passed = (local - midnight) // QUARTER
    return midnight.astimezone(UTC), int(passed)
