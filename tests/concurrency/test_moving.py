"""Appointments that are moved while somebody else moves or ends them."""

import pytest

from scheduling.appointments import arrival
from scheduling.models import Appointment, Status
from scheduling.sessions import services as sessions
from tests.concurrency.clinic import Clinic
from tests.concurrency.race import overtake, race


def now_in_database(appointment: Appointment) -> Appointment:
    return Appointment.objects.get(pk=appointment.pk)


def test_cancel_overtakes_move(clinic):
    booked = clinic.book()
    outcome = overtake(lambda: clinic.cancel(booked), lambda: clinic.move(booked, clinic.day(8)))
    assert outcome.refused == {"unlawful_transition": 1}
    assert clinic.balance() == (40, 0, 0)


def test_move_overtakes_cancel(clinic):
    """The move made a new reservation, which the cancellation releases."""
    booked = clinic.book()
    outcome = overtake(lambda: clinic.move(booked, clinic.day(8)), lambda: clinic.cancel(booked))
    assert not outcome.refused
    assert now_in_database(booked).status == Status.CANCELLED
    assert clinic.balance() == (40, 0, 0)


def test_move_to_another_practitioner_overtakes_cancel(clinic):
    booked = clinic.book()
    (other,) = clinic.practitioners(1)
    outcome = overtake(
        lambda: clinic.move(booked, clinic.day(7), practitioner=other),
        lambda: clinic.cancel(booked),
    )
    assert not outcome.refused
    assert clinic.balance() == (40, 0, 0)


def test_move_to_another_authorization_overtakes_move(clinic):
    booked = clinic.book()
    other = clinic.authorize(units=8)
    outcome = overtake(
        lambda: clinic.move(booked, clinic.day(7), authorization=other),
        lambda: clinic.move(booked, clinic.day(9)),
    )
    assert not outcome.refused
    assert clinic.balance() == (40, 0, 4)
    assert clinic.balance(other) == (8, 0, 0)


def test_check_in_start_and_complete_see_a_concurrent_move(clinic):
    """Who checks in or starts does so to the appointment as it is now, not as they saw it."""
    booked = clinic.book_today()
    for visit in (arrival.check_in, sessions.start, sessions.complete):
        outcome = overtake(
            lambda: clinic.move(booked, clinic.day(8)),
            lambda visit=visit: visit(actor=clinic.actor, appointment=booked),
        )
        assert outcome.refused == {"day_not_come": 1}
        clinic.move(booked, clinic.now())
    assert clinic.balance() == (40, 0, 4)


def test_move_against_cancel_at_once(clinic):
    booked = clinic.book()
    moves = [lambda day=day: clinic.move(booked, clinic.day(day)) for day in range(8, 13)]
    outcome = race(moves + [lambda: clinic.cancel(booked)] * 5)
    assert set(outcome.refused) == {"unlawful_transition"}
    assert now_in_database(booked).status == Status.CANCELLED
    assert clinic.balance() == (40, 0, 0)


def test_an_outdated_version_is_refused(clinic):
    booked = clinic.book()
    outcome = race(
        [
            lambda day=day: clinic.move(booked, clinic.day(day), version=booked.version)
            for day in range(8, 18)
        ]
    )
    assert len(outcome.won) == 1
    assert outcome.refused == {"stale": 9}
    assert clinic.balance() == (40, 0, 4)


@pytest.mark.parametrize("pairs", [1, 5])
def test_moves_that_swap_authorizations_do_not_block_each_other(pairs):
    """A to B and B to A: both authorizations are locked in one order."""
    clinic = Clinic(units=80)
    other = clinic.authorize(units=80)
    practitioners = clinic.practitioners(pairs * 2)
    calls = []
    for number, practitioner in enumerate(practitioners):
        source, target = (
            (clinic.authorization, other) if number % 2 else (other, clinic.authorization)
        )
        booked = clinic.book(
            clinic.day(7 + number), authorization=source, practitioner=practitioner
        )
        calls.append(
            lambda booked=booked, number=number, target=target: clinic.move(
                booked, clinic.day(7 + number), authorization=target
            )
        )
    outcome = race(calls)
    assert not outcome.refused
    assert clinic.balance() == (80, 0, 4 * pairs)
    assert clinic.balance(other) == (80, 0, 4 * pairs)


def test_two_move_to_the_same_slot(clinic):
    patients = [clinic.patient, *clinic.patients(9)]
    booked = [
        clinic.book(clinic.day(7, hour=8 + number), patient=patient, authorization=None)
        for number, patient in enumerate(patients)
    ]
    outcome = race([lambda one=one: clinic.move(one, clinic.day(14)) for one in booked])
    assert len(outcome.won) == 1
    assert outcome.refused == {"practitioner_not_free": 9}
