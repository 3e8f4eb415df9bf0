"""Changes made while a write waits for a lock are seen after the wait."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest

from accounts.errors import Conflict
from accounts.models import Event, Patient, Practitioner
from accounts.patients import services as patients
from accounts.practitioners import services as practitioners
from accounts.roles import Role
from billing.authorizations import services as authorizations
from scheduling.authorization_dates import services as authorization_dates
from scheduling.locations import services as locations
from scheduling.models import Location, ProgressNote, Room, Session, Status
from scheduling.notes import services as notes
from scheduling.sessions import services as sessions
from tests import factories
from tests.concurrency.race import (
    on_own_connection,
    overtake,
    race,
    until_someone_waits_for_us,
)


def set_inactive(clinic, who):
    if isinstance(who, Patient):
        return patients.update(actor=clinic.actor, patient=who, is_active=False)
    return practitioners.update(actor=clinic.actor, practitioner=who, is_active=False)


def seen_now(who):
    return type(who).objects.get(pk=who.pk)


def test_set_inactive_while_one_books(clinic):
    for who in (clinic.practitioner, clinic.patient):
        seen = {"practitioner": seen_now(clinic.practitioner), "patient": seen_now(clinic.patient)}
        outcome = overtake(
            lambda who=who: set_inactive(clinic, seen_now(who)),
            lambda seen=seen: clinic.book(**seen),
        )
        assert outcome.refused == {f"{who._meta.model_name}_inactive": 1}
        type(who).objects.filter(pk=who.pk).update(is_active=True)
    assert clinic.balance() == (40, 0, 0)


def test_set_inactive_while_one_moves_to_them(clinic):
    booked = clinic.book()
    (other,) = clinic.practitioners(1)
    outcome = overtake(
        lambda: set_inactive(clinic, Practitioner.objects.get(pk=other.pk)),
        lambda: clinic.move(booked, clinic.day(8), practitioner=other),
    )
    assert outcome.refused == {"practitioner_inactive": 1}
    assert clinic.balance() == (40, 0, 4)


def close(clinic, place):
    """Set a room or location inactive."""
    seen = seen_now(place)
    terms = {"actor": clinic.actor, "name": seen.name, "is_active": False}
    if isinstance(seen, Room):
        return locations.update_room(room=seen, **terms)
    return locations.update(
        location=seen, place_of_service=seen.place_of_service, address=seen.address, **terms
    )


@pytest.fixture
def room(clinic):
    return factories.RoomFactory(organization=clinic.organization)


@pytest.mark.parametrize("closed", ["room", "location"])
def test_a_place_is_closed_while_one_books_or_moves_there(clinic, room, closed):
    """The one that closes it books with the same practitioner, so that the other waits there."""
    booked = clinic.book(clinic.day(6))
    seconds = (
        lambda there: clinic.book(**there),
        lambda there: clinic.move(booked, clinic.day(7), **there),
    )
    for number, second in enumerate(seconds):
        seen = Room.objects.select_related("location").get(pk=room.pk)
        there = {"room": seen, "location": seen.location}

        def book_and_close(number=number):
            clinic.book(clinic.day(20 + number))
            close(clinic, room if closed == "room" else room.location)

        outcome = overtake(book_and_close, lambda second=second, there=there: second(there))
        assert outcome.refused == {f"{closed}_inactive": 1}
        Room.objects.update(is_active=True)
        Location.objects.update(is_active=True)


def test_a_room_is_closed_while_an_appointment_there_is_moved(clinic, room):
    booked = clinic.book(room=room, location=room.location)
    outcome = overtake(
        lambda: close(clinic, room),
        lambda: clinic.move(booked, clinic.day(8)),
    )
    assert not outcome.refused
    assert seen_now(booked).room == room


def test_two_change_one_location(clinic, room):
    """What the second puts back is told too: they did not see the first one's change."""
    seen = room.location
    kept = {"place_of_service": "11", "is_active": True}
    outcome = overtake(
        lambda: locations.update(
            actor=clinic.actor, location=seen_now(seen), name="North", address="", **kept
        ),
        lambda: locations.update(
            actor=clinic.actor, location=seen, name=seen.name, address="12 High St", **kept
        ),
    )
    assert not outcome.refused
    first, second = Event.objects.filter(action="location.updated").order_by("pk")
    assert first.details["changes"]["name"][1] == "North"
    assert second.details["changes"] == {
        "name": ["North", first.details["changes"]["name"][0]],
        "address": ["", "12 High St"],
    }


def shorten(clinic, **dates):
    """With the digest of the appointments that are outside now."""
    authorization = seen_now(clinic.authorization)
    dates = {"start_date": authorization.start_date, "end_date": authorization.end_date, **dates}
    expected_digest = authorization_dates.outside(authorization, **dates).digest
    return authorization_dates.change(
        actor=clinic.actor, authorization=authorization, expected_digest=expected_digest, **dates
    )


def test_a_session_begins_while_dates_are_shortened(clinic):
    booked = clinic.book_today()
    tomorrow = clinic.organization.today() + timedelta(days=1)
    outcome = overtake(
        lambda: sessions.start(actor=clinic.actor, appointment=booked),
        lambda: shorten(clinic, start_date=tomorrow),
    )
    assert outcome.refused == {"session_in_progress": 1}
    assert seen_now(booked).status == Status.IN_PROGRESS
    assert clinic.balance() == (40, 0, 4)


def test_one_of_them_is_cancelled_while_dates_are_shortened(clinic):
    first, second = clinic.book(clinic.day(6)), clinic.book(clinic.day(7))
    outcome = overtake(
        lambda: clinic.cancel(second),
        lambda: shorten(clinic, end_date=clinic.day(3).date()),
    )
    assert outcome.refused == {"other_appointments": 1}
    assert seen_now(first).status == Status.SCHEDULED
    assert shorten(clinic, end_date=clinic.day(3).date())
    assert seen_now(first).status == Status.CANCELLED
    assert clinic.balance() == (40, 0, 0)


def test_dates_are_shortened_while_all_cancel(clinic):
    """Both take the appointments before the authorization, so neither blocks the other."""
    booked = [clinic.book(clinic.day(day)) for day in range(6, 12)]
    cancelling = [lambda one=one: clinic.cancel(one) for one in reversed(booked)]

    def shorten_at_last():
        while True:
            try:
                return shorten(clinic, end_date=clinic.day(3).date())
            except Conflict as refusal:
                if refusal.code != "other_appointments":
                    raise

    race([shorten_at_last, *cancelling])
    assert {seen_now(one).status for one in booked} == {Status.CANCELLED}
    assert clinic.balance() == (40, 0, 0)


def test_a_cap_is_set_while_dates_are_changed(clinic):
    seen = seen_now(clinic.authorization)
    letter = {
        "number": seen.number,
        "service_codes": [clinic.service],
        "start_date": seen.start_date,
        "end_date": seen.end_date,
    }
    outcome = overtake(
        lambda: authorizations.update(
            actor=clinic.actor, authorization=seen, cap_per_day=8, **letter
        ),
        lambda: shorten(clinic, end_date=clinic.day(30).date()),
    )
    assert not outcome.refused
    now = seen_now(clinic.authorization)
    assert (now.cap_per_day, now.end_date) == (8, clinic.day(30).date())


def test_first_drafts_of_one_note_at_once(clinic):
    me = factories.actor(clinic.organization, Role.PRACTITIONER)
    booked = clinic.book(clinic.now(), practitioner=Practitioner.objects.get(user=me.user))
    clinic.complete(booked)
    session = Session.objects.get()
    outcome = race(
        [
            lambda text=text: notes.draft(actor=me, session=session, objective=text, version=0)
            for text in ("One", "Two", "Three")
        ]
    )
    assert outcome.refused == {"stale": 2}
    (kept,) = outcome.won
    note = ProgressNote.objects.get()
    assert (note.version, note.objective) == (1, kept.objective)


def test_a_note_is_signed_while_one_adds_to_it(clinic):
    """The addendum comes after the signature, in the record as in the audit trail."""
    me = factories.actor(clinic.organization, Role.PRACTITIONER)
    booked = clinic.book(clinic.now(), practitioner=Practitioner.objects.get(user=me.user))
    session = clinic.complete(booked)
    draft = notes.draft(actor=me, session=session, objective="Slept well")
    outcome = overtake(
        lambda: notes.sign(actor=me, note=seen_now(draft)),
        lambda: notes.amend(actor=me, note=draft, text="Mother called"),
    )
    assert not outcome.refused
    told = Event.objects.filter(object_id=draft.pk, action__startswith="note.").order_by("pk")
    assert [event.action for event in told] == ["note.drafted", "note.signed", "note.amended"]


@pytest.mark.parametrize("isolation", ["read committed"], indirect=True)
def test_a_note_is_drafted_while_it_is_signed(clinic, retries, monkeypatch):
    """Both take the session before its note, so neither blocks the other."""
    me = factories.actor(clinic.organization, Role.PRACTITIONER)
    booked = clinic.book(clinic.now(), practitioner=Practitioner.objects.get(user=me.user))
    session = clinic.complete(booked)
    note = notes.draft(actor=me, session=session, objective="Slept well")
    is_empty, later = ProgressNote.is_empty, []

    def while_another_drafts(locked):
        again = partial(notes.draft, actor=me, session=seen_now(session), objective="Slept badly")
        later.append(threads.submit(on_own_connection, again))
        until_someone_waits_for_us(*later)
        return is_empty.fget(locked)

    monkeypatch.setattr(ProgressNote, "is_empty", property(while_another_drafts))
    with ThreadPoolExecutor(1) as threads:
        notes.sign(actor=me, note=note)
    assert later[0].exception().code == "note_signed"
    assert retries == []
    assert seen_now(note).objective == "Slept well"
