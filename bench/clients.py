"""What the clients of a clinic do all day, as scripts for `load`."""

from __future__ import annotations

import uuid
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from bench.data import AUTHORIZATIONS, PATIENTS, PRACTITIONERS, Clinic
from bench.load import Answer, Request, Script

Day = Generator[Request, Answer, None]
DAYS_AHEAD = 200
HOURS = 24


def headers(clinic: Clinic) -> dict[str, str]:
    return {"Authorization": f"Bearer {clinic.api_key}", "Idempotency-Key": uuid.uuid4().hex}


def unit_mover(clinic: Clinic, numbers: range, seed: int) -> Script:
    """Reserves a unit and releases it, over the API."""
    random, today = Random(seed), clinic.organization.today().isoformat()

    def day() -> Day:
        while True:
            n = random.randrange(numbers.start, numbers.stop)
            body = {
                "patient_id": PATIENTS + n,
                "service_code_id": clinic.service.pk,
                "units": 1,
                "date_of_service": today,
                "source": f"bench:{uuid.uuid4().hex}",
            }
            path = f"/api/v1/authorizations/{AUTHORIZATIONS + n}/reserve"
            answer = yield Request("POST", path, body, headers(clinic), "reserve")
            if answer.status == 201:
                path = f"/api/v1/reservations/{answer.json['id']}/release"
                yield Request("POST", path, {}, headers(clinic), "release")

    return day


def bare_mover(numbers: range, seed: int) -> Script:
    """The same at the bare view."""
    random = Random(seed)

    def day() -> Day:
        while True:
            n = random.randrange(numbers.start, numbers.stop)
            values: dict[str, Any] = {
                "authorization": AUTHORIZATIONS + n,
                "patient": PATIENTS + n,
                "source": f"bare:{uuid.uuid4().hex}",
            }
            answer = yield Request("POST", "/reserve", values, {}, "reserve")
            if answer.status == 201:
                values["reservation_id"] = answer.json["id"]
                yield Request("POST", "/release", values, {}, "release")

    return day


class Calendar:
    """Free hours, each used once, with one always-available practitioner per client."""

    def __init__(self, clinic: Clinic, practitioners: range) -> None:
        self.clinic, self._practitioners = clinic, practitioners
        local = datetime.now(clinic.organization.zone) + timedelta(days=2)
        self._start = local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)

    def booking(self, client: int, patient: int, turn: int) -> dict[str, Any]:
        starts = self._start + timedelta(hours=turn % (DAYS_AHEAD * HOURS))
        practitioner = self._practitioners.start + client % len(self._practitioners)
        return {
            "patient_id": PATIENTS + patient,
            "practitioner_id": PRACTITIONERS + practitioner,
            "service_code_id": self.clinic.service.pk,
            "authorization_id": AUTHORIZATIONS + patient,
            "starts_at": starts.isoformat(),
            "ends_at": (starts + timedelta(hours=1)).isoformat(),
        }


def booker(calendar: Calendar, client: int, patients: range, *, first_turn: int) -> Script:
    """Books an hour and cancels it. With one patient for all clients, each has its own hours."""

    def day() -> Day:
        turn = first_turn
        while True:
            patient = patients.start + client % len(patients)
            own = client * 37 + turn if len(patients) == 1 else turn
            body = calendar.booking(client, patient, own)
            answer = yield _booking(calendar, body)
            if answer.status == 201:
                path = f"/api/v1/appointments/{answer.json['id']}/cancel"
                yield Request("POST", path, {}, headers(calendar.clinic), "cancel")
            turn += 1

    return day


def booker_once(calendar: Calendar, client: int, patient: int, *, turn: int) -> Script:
    def day() -> Day:
        yield _booking(calendar, calendar.booking(client, patient, turn))

    return day


def _booking(calendar: Calendar, body: dict[str, Any]) -> Request:
    return Request("POST", "/api/v1/appointments", body, headers(calendar.clinic), "book")


def clinic_day(
    calendar: Calendar, client: int, patient: int, *, cookie: str, pages: list[str]
) -> Script:
    """70% calendar and lists, 20% booking and cancelling, 10% sessions, in a random order."""
    random, clinic = Random(client), calendar.clinic
    looks = {"Cookie": cookie}

    def day() -> Day:
        turn = 0
        while True:
            turn += 1
            dice = random.random()
            if dice < 0.7:
                yield Request("GET", random.choice(pages), None, looks, "look")
            elif dice < 0.85:
                yield from _booked_and_cancelled(calendar, client, patient, turn)
            else:
                yield from _session(calendar, client, patient, turn, clinic)

    return day


def _booked_and_cancelled(calendar: Calendar, client: int, patient: int, turn: int) -> Day:
    answer = yield _booking(calendar, calendar.booking(client, patient, turn))
    if answer.status == 201:
        path = f"/api/v1/appointments/{answer.json['id']}/cancel"
        yield Request("POST", path, {}, headers(calendar.clinic), "cancel")


def _session(calendar: Calendar, client: int, patient: int, turn: int, clinic: Clinic) -> Day:
    """Booked for now, begun, and broken off: nothing is used up however long the run is."""
    body = calendar.booking(client, patient, turn)
    now = datetime.now(clinic.organization.zone).replace(microsecond=0)
    body["starts_at"] = now.isoformat()
    body["ends_at"] = (now + timedelta(hours=1)).isoformat()
    answer = yield _booking(calendar, body)
    if answer.status != 201:
        return
    for step in ("check-in", "start", "cancel"):
        path = f"/api/v1/appointments/{answer.json['id']}/{step}"
        yield Request("POST", path, {}, headers(calendar.clinic), step)
