"""More want than there is: as many win as there is room for, the others hear the figures."""

from itertools import pairwise

import pytest

from billing.authorizations import services as authorizations
from billing.ledger import services as ledger
from scheduling.models import Appointment
from tests import factories
from tests.concurrency.clinic import HOUR, Clinic
from tests.concurrency.race import overtake, race


def test_fifty_book_where_seven_fit():
    clinic = Clinic(units=7 * 4)
    outcome = race(
        [
            lambda number=number, practitioner=practitioner: clinic.book(
                clinic.day(7 + number % 25, hour=8 + number // 25), practitioner=practitioner
            )
            for number, practitioner in enumerate(clinic.practitioners(50))
        ]
    )
    assert len(outcome.won) == 7
    assert outcome.refused == {"not_enough_units": 43}
    refusals = [one for one in outcome.each if one not in outcome.won]
    assert {(one.data["needed"], one.data["available"]) for one in refusals} == {(4, 0)}
    assert Appointment.objects.count() == 7
    assert clinic.balance() == (28, 0, 28)


def test_two_want_the_last_units():
    clinic = Clinic(units=4)
    calls = [lambda day=day: clinic.book(clinic.day(day)) for day in (7, 8)]
    outcome = race(calls)
    assert len(outcome.won) == 1
    assert outcome.refused == {"not_enough_units": 1}
    assert clinic.balance() == (4, 0, 4)


def test_the_last_units_are_gone_while_one_waits():
    clinic = Clinic(units=4)
    outcome = overtake(lambda: clinic.book(clinic.day(7)), lambda: clinic.book(clinic.day(8)))
    assert outcome.refused == {"not_enough_units": 1}
    assert clinic.balance() == (4, 0, 4)


def test_twenty_want_one_practitioners_slot(clinic):
    wanted = [
        (patient, clinic.authorize(patient=patient, units=4)) for patient in clinic.patients(20)
    ]
    outcome = race(
        [
            lambda patient=patient, authorization=authorization: clinic.book(
                patient=patient, authorization=authorization
            )
            for patient, authorization in wanted
        ]
    )
    assert len(outcome.won) == 1
    assert outcome.refused == {"practitioner_not_free": 19}
    held = [authorization for _, authorization in wanted if clinic.balance(authorization)[2]]
    assert held == [outcome.won[0].authorization]


def test_twenty_want_one_room(clinic):
    room = factories.RoomFactory(organization=clinic.organization)
    people = zip(clinic.patients(20), clinic.practitioners(20), strict=True)
    outcome = race(
        [
            lambda patient=patient, practitioner=practitioner: clinic.book(
                patient=patient, practitioner=practitioner, authorization=None, room=room
            )
            for patient, practitioner in people
        ]
    )
    assert len(outcome.won) == 1
    assert outcome.refused == {"room_not_free": 19}


@pytest.mark.parametrize("company", ["allows_group", "allows_concurrent"])
def test_unrelated_concurrent_services_cannot_share_a_room(clinic, company):
    outcome = overtake(*clinic.rivals_for_a_room(**{company: True}))
    assert outcome.refused == {"room_not_free": 1}


def test_twenty_want_one_patient(clinic):
    outcome = race(
        [
            lambda practitioner=practitioner: clinic.book(practitioner=practitioner)
            for practitioner in clinic.practitioners(20)
        ]
    )
    assert len(outcome.won) == 1
    assert outcome.refused == {"patient_not_free": 19}
    assert clinic.balance() == (40, 0, 4)


def test_overlaps_of_unequal_times_are_seen(clinic):
    starts = [clinic.day(7) + HOUR * quarter / 4 for quarter in range(-4, 5)]
    outcome = race([lambda start=start: clinic.book(start) for start in starts * 2])
    booked = sorted(one.starts_at for one in outcome.won)
    assert 1 <= len(booked) <= 3
    assert all(later - earlier >= HOUR for earlier, later in pairwise(booked))
    assert set(outcome.refused) == {"practitioner_not_free"}
    assert clinic.balance() == (40, 0, 4 * len(booked))


@pytest.mark.parametrize("cap", ["cap_per_day", "cap_per_week", "cap_per_month"])
def test_ten_book_where_a_cap_lets_one(cap):
    clinic = Clinic(units=400, **{cap: 4})
    outcome = race(
        [
            lambda hour=hour, practitioner=practitioner: clinic.book(
                clinic.day(7, hour=hour), practitioner=practitioner
            )
            for hour, practitioner in zip(range(8, 18), clinic.practitioners(10), strict=True)
        ]
    )
    assert len(outcome.won) == 1
    assert outcome.refused == {"cap_reached": 9}
    assert clinic.balance() == (400, 0, 4)


def test_bookings_of_others_do_not_disturb_each_other(clinic):
    """Independent bookings are neither refused nor retried."""
    rows = [(p, clinic.authorize(patient=p, units=8)) for p in clinic.patients(20)]
    people = zip(rows, clinic.practitioners(20), strict=True)
    outcome = race(
        [
            lambda patient=patient, authorization=authorization, practitioner=practitioner: (
                clinic.book(patient=patient, authorization=authorization, practitioner=practitioner)
            )
            for (patient, authorization), practitioner in people
        ]
    )
    assert not outcome.refused
    assert Appointment.objects.count() == 20


def test_grants_and_bookings_add_up(clinic):
    grants = [
        lambda: ledger.grant(actor=clinic.actor, authorization=fresh(clinic.authorization), units=4)
    ] * 10
    bookings = [lambda day=day: clinic.book(clinic.day(day)) for day in range(7, 17)]
    outcome = race([call for pair in zip(grants, bookings, strict=True) for call in pair])
    assert not outcome.refused
    assert clinic.balance() == (80, 0, 40)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def change_letter(clinic, **changes):
    now = fresh(clinic.authorization)
    wanted = {
        "number": now.number,
        "service_codes": [clinic.service],
        "start_date": now.start_date,
        "end_date": now.end_date,
    }
    return authorizations.update(actor=clinic.actor, authorization=now, **{**wanted, **changes})


def test_dates_shortened_while_one_books(clinic):
    until = clinic.day(3).date()
    outcome = overtake(lambda: change_letter(clinic, end_date=until), clinic.book)
    assert outcome.refused == {"outside_dates": 1}
    assert clinic.balance() == (40, 0, 0)


def test_booked_while_dates_are_shortened(clinic):
    until = clinic.day(3).date()
    outcome = overtake(clinic.book, lambda: change_letter(clinic, end_date=until))
    assert outcome.refused == {"reservations_outside": 1}
    assert clinic.balance() == (40, 0, 4)


def test_a_service_is_removed_during_a_booking(clinic):
    other = factories.ServiceCodeFactory(organization=clinic.organization)
    outcome = overtake(lambda: change_letter(clinic, service_codes=[other]), clinic.book)
    assert outcome.refused == {"service_not_covered": 1}
    assert clinic.balance() == (40, 0, 0)


def test_authorization_cancelled_while_one_books(clinic):
    outcome = overtake(
        lambda: authorizations.cancel(
            actor=clinic.actor, authorization=clinic.authorization, reason="Withdrawn"
        ),
        clinic.book,
    )
    assert outcome.refused == {"authorization_not_active": 1}
    assert clinic.balance() == (40, 0, 0)


@pytest.mark.parametrize("goal", [4, 8])
def test_the_total_is_lowered_during_bookings(goal):
    clinic = Clinic(units=20)
    lower = [
        lambda: authorizations.set_total(
            actor=clinic.actor,
            authorization=fresh(clinic.authorization),
            total_units=goal,
            reason="The payer's letter",
        )
    ]
    bookings = [lambda day=day: clinic.book(clinic.day(day)) for day in range(7, 17)]
    race(lower * 5 + bookings)
    total, used, reserved = clinic.balance()
    assert total in (goal, 20)
    assert reserved == total == 4 * Appointment.objects.count()
    assert used == 0
