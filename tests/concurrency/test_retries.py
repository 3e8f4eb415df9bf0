"""The same attempt sent again, or twenty times at once, has one effect and one result."""

from accounts.models import Event, IdempotencyKey
from billing.models import LedgerEntry
from scheduling.appointments import arrival
from scheduling.models import Appointment
from scheduling.sessions import services as sessions
from tests.concurrency.clinic import Clinic
from tests.concurrency.race import overtake, race

ROOM_FOR_ALL = 400


def test_twenty_book_with_one_key():
    clinic = Clinic(units=ROOM_FOR_ALL)
    actor = clinic.actor.with_key("double-click")
    starts_at = clinic.day(7)
    outcome = race([lambda: clinic.book(starts_at, actor=actor)] * 20)
    assert not outcome.refused
    assert {one.pk for one in outcome.won} == {Appointment.objects.get().pk}
    assert clinic.balance() == (ROOM_FOR_ALL, 0, 4)
    assert Event.objects.filter(action="appointment.booked").count() == 1


def test_second_with_the_key_waits_for_the_first(clinic):
    actor = clinic.actor.with_key("double-click")
    starts_at = clinic.day(7)
    outcome = overtake(
        lambda: clinic.book(starts_at, actor=actor), lambda: clinic.book(starts_at, actor=actor)
    )
    first, second = outcome.won
    assert first == second
    assert clinic.balance() == (40, 0, 4)


def test_one_key_for_different_bookings(clinic):
    actor = clinic.actor.with_key("used-twice")
    outcome = race(
        [lambda day=day: clinic.book(clinic.day(day), actor=actor) for day in range(7, 17)]
    )
    assert len(outcome.won) == 1
    assert outcome.refused == {"idempotency_key_reused": 9}
    assert clinic.balance() == (40, 0, 4)


def test_a_key_is_not_used_up_by_a_refusal(clinic):
    actor = clinic.actor.with_key("tried-too-early")
    blocker = clinic.book(clinic.day(7))
    outcome = race([lambda: clinic.book(clinic.day(7), actor=actor)] * 5)
    assert outcome.refused == {"practitioner_not_free": 5}
    assert not IdempotencyKey.objects.exists()
    clinic.cancel(blocker)
    clinic.book(clinic.day(7), actor=actor)
    assert clinic.balance() == (40, 0, 4)


def test_every_write_of_a_session_sent_ten_times(clinic):
    """Each button pressed ten times at once: ten times the same answer, one entry each."""
    starts_at = clinic.now()

    def ten(write):
        outcome = race([write] * 10)
        assert not outcome.refused
        assert len({one.pk for one in outcome.won}) == 1
        return outcome.won[0]

    def key(name):
        return clinic.actor.with_key(name)

    booked = ten(lambda: clinic.book(starts_at, actor=key("book")))
    ten(lambda: arrival.check_in(actor=key("check in"), appointment=booked))
    ten(lambda: sessions.start(actor=key("start"), appointment=booked))
    ended_at = clinic.now()
    ten(lambda: clinic.complete(booked, ended_at=ended_at, actor=key("complete")))
    ten(lambda: sessions.reopen(actor=key("reopen"), appointment=booked, reason="Too short"))
    ten(lambda: clinic.cancel(booked, actor=key("cancel")))
    kinds = list(LedgerEntry.objects.order_by("number").values_list("kind", flat=True))
    assert kinds == ["grant", "reserve", "consume", "reverse", "reserve", "release"]
    assert clinic.balance() == (40, 0, 0)
    actions = Event.objects.filter(action__startswith="appointment.").order_by("at", "id")
    assert [action.split(".")[1] for action in actions.values_list("action", flat=True)] == [
        "booked",
        "arrived",
        "started",
        "completed",
        "reopened",
        "cancelled",
    ]
