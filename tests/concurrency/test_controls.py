"""Controls: with a guard removed each race fails, and each guard prevents it alone.

All threads wait for each other between check and write, so that the result does not depend on
timing.
"""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from accounts.models import IdempotencyKey
from billing.ledger import movements
from billing.ledger import services as ledger
from billing.models import Authorization, Reservation
from scheduling.appointments import cancellation, conflicts
from scheduling.appointments import services as appointments
from scheduling.models import Appointment
from tests.concurrency.clinic import Clinic
from tests.concurrency.consistency import problems
from tests.concurrency.guards import taken_out
from tests.concurrency.race import race

CALENDAR = (
    "appointment_practitioner_free",
    "appointment_patient_free",
    "appointment_room_free",
)
BALANCE = ("authorization_never_overbooked", "entry_balance_lawful")
IS_ENOUGH = "AND total_units - used_units - reserved_units >= %(units)s"
IS_ACTIVE = "AND state = 'active'"


@pytest.fixture
def isolation(settings: Any) -> None:
    """Serializable transactions would be a guard of their own."""
    settings.UNIT_LEDGER_ISOLATION = "read committed"


def wait_for_all(barrier: threading.Barrier) -> None:
    try:
        barrier.wait(timeout=2)
    except threading.BrokenBarrierError:
        """Somebody is held by a guard and does not come."""


# Units: 10 want 4 of 28.


def reserve(clinic: Clinic, number: int) -> Reservation:
    return ledger.reserve(
        actor=clinic.actor,
        authorization=Authorization.objects.get(pk=clinic.authorization.pk),
        patient=clinic.patient,
        service_code=clinic.service,
        units=4,
        date_of_service=clinic.organization.today(),
        source=f"test:{number}",
    )


def check_first_and_write_later(monkeypatch: pytest.MonkeyPatch, people: int) -> None:
    """The reservation as one would write it without much thought."""
    all_have_looked = threading.Barrier(people)
    assert IS_ENOUGH in movements.RESERVE

    def move(sql: str, **values: Any) -> Any:
        if sql is not movements.RESERVE:
            return movements.move(sql, **values)
        seen = Authorization.objects.get(pk=values["authorization"])
        wait_for_all(all_have_looked)
        if seen.available_units < values["units"]:
            return None
        return movements.move(sql.replace(IS_ENOUGH, ""), **values)

    monkeypatch.setattr(ledger, "move", move)


def test_reservations_are_counted_by_the_statement():
    clinic = Clinic(units=28)
    outcome = race([lambda n=n: reserve(clinic, n) for n in range(50)])
    assert len(outcome.won) == 7
    assert outcome.refused == {"not_enough_units": 43}


def test_the_statement_counts_without_the_constraints():
    with taken_out(*BALANCE):
        clinic = Clinic(units=28)
        outcome = race([lambda n=n: reserve(clinic, n) for n in range(50)])
        assert len(outcome.won) == 7


def test_the_constraints_count_without_the_statement(monkeypatch):
    clinic = Clinic(units=28)
    check_first_and_write_later(monkeypatch, people=10)
    outcome = race([lambda n=n: reserve(clinic, n) for n in range(10)])
    assert len(outcome.won) == 7
    assert outcome.refused == {"not_enough_units": 3}
    assert clinic.balance() == (28, 0, 28)


def test_without_either_units_are_overbooked(monkeypatch):
    check_first_and_write_later(monkeypatch, people=10)
    with taken_out(*BALANCE):
        clinic = Clinic(units=28)
        outcome = race([lambda n=n: reserve(clinic, n) for n in range(10)])
        assert len(outcome.won) == 10
        assert clinic.balance() == (28, 0, 40)


# The calendar: two patients want one practitioner's hour.


def book_one_hour_for(clinic: Clinic, people: int) -> list[Any]:
    starts_at = clinic.day(7)
    return [
        lambda patient=patient: clinic.book(starts_at, patient=patient, authorization=None)
        for patient in clinic.patients(people)
    ]


def look_together(monkeypatch: pytest.MonkeyPatch, people: int) -> None:
    all_have_looked = threading.Barrier(people)
    find = conflicts.find

    def find_and_wait(*args: Any, **kwargs: Any) -> Any:
        found = find(*args, **kwargs)
        wait_for_all(all_have_looked)
        return found

    monkeypatch.setattr(conflicts, "find", find_and_wait)


def lock_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def next_id(*_: Any) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('scheduling_appointment_id_seq')")
            return int(cursor.fetchone()[0])

    monkeypatch.setattr(appointments, "_lock_people", next_id)


def test_locks_keep_the_calendar_without_the_constraints(monkeypatch):
    look_together(monkeypatch, people=2)
    with taken_out(*CALENDAR):
        outcome = race(book_one_hour_for(Clinic(), people=2))
        assert len(outcome.won) == 1
        assert outcome.refused == {"practitioner_not_free": 1}


def test_constraints_keep_the_calendar_without_the_locks(monkeypatch):
    look_together(monkeypatch, people=5)
    lock_nobody(monkeypatch)
    outcome = race(book_one_hour_for(Clinic(), people=5))
    assert len(outcome.won) == 1
    assert outcome.refused == {"practitioner_not_free": 4}


def test_without_either_an_hour_is_booked_twice(monkeypatch):
    look_together(monkeypatch, people=2)
    lock_nobody(monkeypatch)
    with taken_out(*CALENDAR):
        outcome = race(book_one_hour_for(Clinic(), people=2))
        assert len(outcome.won) == 2
        assert any("overlap" in problem for problem in problems())


@pytest.mark.parametrize("company", ["allows_group", "allows_concurrent"])
def test_without_its_lock_a_room_is_booked_twice(monkeypatch, company):
    """The constraint does not see it: the two are in lanes of their own."""
    look_together(monkeypatch, people=2)
    monkeypatch.setattr(appointments, "_lock_room", lambda *_: None)
    with taken_out():
        outcome = race(Clinic().rivals_for_a_room(**{company: True}))
        assert len(outcome.won) == 2
        assert any("overlap" in problem for problem in problems())


# Ending: two cancel one appointment, while another holds units too.


def read_without_lock(monkeypatch: pytest.MonkeyPatch, people: int) -> None:
    all_have_read = threading.Barrier(people)

    def read(actor: Any, appointment: Appointment, *, version: int | None = None) -> Appointment:
        found = Appointment.objects.get(pk=appointment.pk)
        wait_for_all(all_have_read)
        return found

    monkeypatch.setattr(cancellation, "lock", read)


def release_whatever_state(monkeypatch: pytest.MonkeyPatch) -> None:
    assert IS_ACTIVE in movements.END_WITHOUT_USE
    unguarded = movements.END_WITHOUT_USE.replace(IS_ACTIVE, "")
    monkeypatch.setattr(movements, "END_WITHOUT_USE", unguarded)


def cancel_twice(clinic: Clinic) -> list[Any]:
    clinic.book(clinic.day(8))
    booked = clinic.book(clinic.day(7))
    return [lambda: clinic.cancel(booked)] * 2


def test_the_reservation_ends_once_without_the_row_lock(clinic, monkeypatch):
    read_without_lock(monkeypatch, people=2)
    outcome = race(cancel_twice(clinic))
    assert len(outcome.won) == 1
    assert outcome.refused == {"reservation_ended": 1}
    assert clinic.balance() == (40, 0, 4)


def test_the_constraint_ends_it_once_without_row_lock_and_condition(clinic, monkeypatch):
    read_without_lock(monkeypatch, people=2)
    release_whatever_state(monkeypatch)
    outcome = race(cancel_twice(clinic))
    assert len(outcome.won) == 1
    assert outcome.refused == {"reservation_ended": 1}
    assert clinic.balance() == (40, 0, 4)


def test_without_any_of_them_units_are_released_twice(monkeypatch):
    read_without_lock(monkeypatch, people=2)
    release_whatever_state(monkeypatch)
    with taken_out("entry_ends_reservation_once"):
        clinic = Clinic()
        outcome = race(cancel_twice(clinic))
        assert len(outcome.won) == 2
        assert clinic.balance() == (40, 0, 0), "the other appointment's units are gone"
        assert any("differs from its reservations" in problem for problem in problems())


# Retries: one key sent twice.


def test_without_the_unique_key_a_retry_has_a_second_effect(monkeypatch):
    all_have_looked = threading.Barrier(2)
    create = IdempotencyKey.objects.create

    def create_together(**values: Any) -> IdempotencyKey:
        wait_for_all(all_have_looked)
        return create(**values)

    monkeypatch.setattr(IdempotencyKey.objects, "create", create_together)
    with taken_out("idempotency_key_once"):
        clinic = Clinic()
        actor = clinic.actor.with_key("double-click")
        grants = [
            lambda: ledger.grant(actor=actor, authorization=clinic.authorization, units=4)
        ] * 2
        outcome = race(grants)
        assert not outcome.refused
        assert clinic.balance() == (48, 0, 0)
