"""Two that end the same appointment or reservation: one succeeds, the other is refused."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest

from billing.ledger import movements, rules
from billing.ledger import services as ledger
from billing.ledger.errors import NotEnoughUnits
from billing.models import LedgerEntry, Reservation
from scheduling.appointments import arrival, cancellation
from scheduling.models import Appointment, Session, Status
from scheduling.sessions import services as sessions
from tests.concurrency.clinic import Clinic
from tests.concurrency.race import (
    on_own_connection,
    overtake,
    race,
    until_someone_waits_for_us,
)


def status_of(appointment: Appointment) -> str:
    return Appointment.objects.get(pk=appointment.pk).status


def entries(clinic: Clinic, kind: LedgerEntry.Kind) -> int:
    return LedgerEntry.objects.filter(authorization=clinic.authorization, kind=kind).count()


def test_cancel_overtakes_complete(clinic):
    booked = clinic.book_today()
    outcome = overtake(lambda: clinic.cancel(booked), lambda: clinic.complete(booked))
    assert outcome.refused == {"unlawful_transition": 1}
    assert status_of(booked) == Status.CANCELLED
    assert clinic.balance() == (40, 0, 0)
    assert not Session.objects.exists()


def test_complete_overtakes_cancel(clinic):
    booked = clinic.book_today()
    outcome = overtake(lambda: clinic.complete(booked, minutes=30), lambda: clinic.cancel(booked))
    assert outcome.refused == {"unlawful_transition": 1}
    assert status_of(booked) == Status.COMPLETED
    assert clinic.balance() == (40, 2, 0)


def test_cancel_against_complete_at_once(clinic):
    booked = [clinic.book(clinic.now(), practitioner=clinic.practitioner)]
    calls = [lambda: clinic.cancel(booked[0]), lambda: clinic.complete(booked[0])] * 5
    outcome = race(calls)
    assert len(outcome.won) == 1
    assert outcome.refused == {"unlawful_transition": 9}
    used = 4 if status_of(booked[0]) == Status.COMPLETED else 0
    assert clinic.balance() == (40, used, 0)


def test_a_second_cancellation_is_refused(clinic):
    booked = clinic.book()
    outcome = overtake(lambda: clinic.cancel(booked), lambda: clinic.cancel(booked))
    assert outcome.refused == {"unlawful_transition": 1}
    assert clinic.balance() == (40, 0, 0)
    assert entries(clinic, LedgerEntry.Kind.RELEASE) == 1


def test_a_session_that_starts_overtakes_the_undoing_of_the_check_in(clinic):
    booked = clinic.book_today()
    arrival.check_in(actor=clinic.actor, appointment=booked)
    outcome = overtake(
        lambda: sessions.start(actor=clinic.actor, appointment=booked),
        lambda: cancellation.restore(actor=clinic.actor, appointment=booked),
    )
    assert outcome.refused == {"unlawful_transition": 1}
    assert status_of(booked) == Status.IN_PROGRESS
    assert clinic.balance() == (40, 0, 4)


def test_cancel_overtakes_the_undoing_of_the_check_in(clinic):
    """The undo was of what was shown, and does not undo the cancellation."""
    booked = clinic.book_today()
    arrived = arrival.check_in(actor=clinic.actor, appointment=booked)
    outcome = overtake(
        lambda: clinic.cancel(booked),
        lambda: cancellation.restore(
            actor=clinic.actor, appointment=booked, version=arrived.version
        ),
    )
    assert outcome.refused == {"stale": 1}
    assert status_of(booked) == Status.CANCELLED
    assert clinic.balance() == (40, 0, 0)


@pytest.mark.parametrize("people", [2, 20])
def test_many_cancel_at_once(clinic, people):
    booked = clinic.book()
    outcome = race([lambda: clinic.cancel(booked)] * people)
    assert len(outcome.won) == 1
    assert outcome.refused == {"unlawful_transition": people - 1}
    assert clinic.balance() == (40, 0, 0)
    assert entries(clinic, LedgerEntry.Kind.RELEASE) == 1


@pytest.mark.parametrize("people", [2, 20])
def test_many_complete_at_once(clinic, people):
    booked = clinic.book_today()
    outcome = race([lambda: clinic.complete(booked)] * people)
    assert len(outcome.won) == 1
    assert outcome.refused == {"unlawful_transition": people - 1}
    assert clinic.balance() == (40, 4, 0)
    assert Session.objects.count() == 1


def reopen(clinic, appointment):
    return sessions.reopen(actor=clinic.actor, appointment=appointment, reason="Wrong patient")


def test_reopen_overtakes_complete(clinic):
    booked = clinic.book_today()
    clinic.complete(booked)
    outcome = overtake(lambda: reopen(clinic, booked), lambda: clinic.complete(booked, minutes=30))
    assert not outcome.refused
    assert clinic.balance() == (40, 2, 0)
    assert Session.objects.get().units == 2


def test_complete_overtakes_reopen(clinic):
    booked = clinic.book_today()
    sessions.start(actor=clinic.actor, appointment=booked)
    outcome = overtake(lambda: clinic.complete(booked, minutes=30), lambda: reopen(clinic, booked))
    assert not outcome.refused
    assert status_of(booked) == Status.IN_PROGRESS
    assert clinic.balance() == (40, 0, 2)


def test_many_complete_and_reopen_at_once(clinic):
    booked = clinic.book_today()
    outcome = race([lambda: clinic.complete(booked), lambda: reopen(clinic, booked)] * 10)
    assert set(outcome.refused) <= {"unlawful_transition"}
    completed = entries(clinic, LedgerEntry.Kind.CONSUME)
    reopened = entries(clinic, LedgerEntry.Kind.REVERSE)
    assert completed + reopened == len(outcome.won)
    is_completed = status_of(booked) == Status.COMPLETED
    assert completed - reopened == is_completed
    assert clinic.balance() == ((40, 4, 0) if is_completed else (40, 0, 4))


def seen_now(held):
    return Reservation.objects.get(pk=held.pk)


def hold(clinic, units=4, authorization=None, source="test:1"):
    """A reservation that has expired since it was made."""
    held = ledger.reserve(
        actor=clinic.actor,
        authorization=authorization or clinic.authorization,
        patient=clinic.patient,
        service_code=clinic.service,
        units=units,
        date_of_service=clinic.organization.today(),
        source=source,
        expires_at=clinic.now() + timedelta(minutes=1),
    )
    Reservation.objects.update(expires_at=clinic.now() - timedelta(minutes=1))
    return held


def test_expire_against_consume(clinic):
    held = hold(clinic)

    def expire():
        return ledger.expire(actor=clinic.actor, reservation=seen_now(held))

    def consume():
        fresh = seen_now(held)
        return ledger.consume(actor=clinic.actor, reservation=fresh, units=3)

    outcome = race([expire, consume] * 5)
    (entry,) = outcome.won
    assert outcome.refused == {"reservation_ended": 9}
    used = 3 if entry.kind == LedgerEntry.Kind.CONSUME else 0
    assert clinic.balance() == (40, used, 0)


@pytest.mark.parametrize("winner", ["expire", "consume"])
def test_one_ending_overtakes_the_other(clinic, winner):
    held = hold(clinic)
    calls = {
        "expire": lambda: ledger.expire(actor=clinic.actor, reservation=held),
        "consume": lambda: ledger.consume(actor=clinic.actor, reservation=held, units=4),
    }
    first = calls.pop(winner)
    outcome = overtake(first, *calls.values())
    assert outcome.refused == {"reservation_ended": 1}
    assert clinic.balance() == (40, 4 if winner == "consume" else 0, 0)


@pytest.mark.parametrize("isolation", ["read committed"], indirect=True)
def test_more_is_consumed_while_another_releases(clinic, retries, monkeypatch):
    """Both take the reservation before its authorization, so neither blocks the other."""
    authorization = clinic.authorize(units=8, cap_per_day=8)
    held = hold(clinic, authorization=authorization)
    cap_reached, later = rules.cap_reached, []

    def while_another_releases(*args, **wanted):
        release = partial(ledger.release, actor=clinic.actor, reservation=seen_now(held))
        later.append(threads.submit(on_own_connection, release))
        until_someone_waits_for_us(*later)
        return cap_reached(*args, **wanted)

    monkeypatch.setattr(rules, "cap_reached", while_another_releases)
    with ThreadPoolExecutor(1) as threads:
        ledger.consume(actor=clinic.actor, reservation=seen_now(held), units=6)
    assert later[0].exception().code == "reservation_ended"
    assert retries == []
    assert clinic.balance(authorization) == (8, 6, 0)


def test_units_come_free_when_more_was_refused(clinic, monkeypatch):
    """The refusal's figures are those it was decided by: never fewer needed than are left."""
    held, other = hold(clinic), hold(clinic, units=36, source="test:2")

    def move_and_release(sql, **wanted):
        entry = movements.move(sql, **wanted)
        if entry is None:
            with ThreadPoolExecutor(1) as threads:
                release = partial(ledger.release, actor=clinic.actor, reservation=other)
                threads.submit(on_own_connection, release).result()
        return entry

    monkeypatch.setattr(ledger, "move", move_and_release)
    with pytest.raises(NotEnoughUnits) as refused:
        ledger.consume(actor=clinic.actor, reservation=held, units=6)
    assert (refused.value.data["needed"], refused.value.data["available"]) == (2, 0)


def test_a_cancelled_and_restored_session_begins_again(clinic):
    """No race, but the same row twice: the session of the first start is still there."""
    booked = clinic.book_today()
    sessions.start(actor=clinic.actor, appointment=booked)
    clinic.cancel(booked)
    cancellation.restore(actor=clinic.actor, appointment=booked)
    (other,) = clinic.practitioners(1)
    clinic.move(booked, booked.starts_at, practitioner=other)
    sessions.start(actor=clinic.actor, appointment=booked)
    session = clinic.complete(booked, minutes=30)
    assert session.practitioner == other
    assert clinic.balance() == (40, 2, 0)
