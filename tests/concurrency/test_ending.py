"""Two who end the same appointment or the same hold: one does, the other hears of it."""

from datetime import timedelta

import pytest

from billing.models import LedgerEntry, Reservation
from billing.services import ledger
from scheduling.models import Appointment, Session, Status
from scheduling.services import cancellation, visits
from tests.concurrency.clinic import Clinic
from tests.concurrency.race import overtake, race


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


def test_second_cancellation_is_told(clinic):
    booked = clinic.book()
    outcome = overtake(lambda: clinic.cancel(booked), lambda: clinic.cancel(booked))
    assert outcome.refused == {"unlawful_transition": 1}
    assert clinic.balance() == (40, 0, 0)
    assert entries(clinic, LedgerEntry.Kind.RELEASE) == 1


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
    return visits.reopen(actor=clinic.actor, appointment=appointment, reason="Wrong patient")


def test_reopen_overtakes_complete(clinic):
    booked = clinic.book_today()
    clinic.complete(booked)
    outcome = overtake(lambda: reopen(clinic, booked), lambda: clinic.complete(booked, minutes=30))
    assert not outcome.refused
    assert clinic.balance() == (40, 2, 0)
    assert Session.objects.get().units == 2


def test_complete_overtakes_reopen(clinic):
    booked = clinic.book_today()
    visits.start(actor=clinic.actor, appointment=booked)
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


def hold(clinic, units=4):
    """Units whose time has run out since they were held."""
    held = ledger.reserve(
        actor=clinic.actor,
        authorization=clinic.authorization,
        patient=clinic.patient,
        service_code=clinic.service,
        units=units,
        date_of_service=clinic.organization.today(),
        source="test:1",
        expires_at=clinic.now() + timedelta(minutes=1),
    )
    Reservation.objects.update(expires_at=clinic.now() - timedelta(minutes=1))
    return held


def test_expire_against_consume(clinic):
    held = hold(clinic)

    def expire():
        return ledger.expire(actor=clinic.actor, reservation=type(held).objects.get(pk=held.pk))

    def consume():
        fresh = type(held).objects.get(pk=held.pk)
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


def test_a_visit_broken_off_and_restored_begins_anew(clinic):
    """No race, but the same row twice: the session of the first start is still there."""
    booked = clinic.book_today()
    visits.start(actor=clinic.actor, appointment=booked)
    clinic.cancel(booked)
    cancellation.restore(actor=clinic.actor, appointment=booked)
    (other,) = clinic.practitioners(1)
    clinic.move(booked, booked.starts_at, practitioner=other)
    visits.start(actor=clinic.actor, appointment=booked)
    session = clinic.complete(booked, minutes=30)
    assert session.practitioner == other
    assert clinic.balance() == (40, 2, 0)
