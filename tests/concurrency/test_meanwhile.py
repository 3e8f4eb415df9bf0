"""What changed while one waited for a lock is seen: nobody decides by what they saw before it."""

from datetime import timedelta

from accounts.errors import Conflict
from accounts.models import Event, Patient, Practitioner
from accounts.roles import Role
from accounts.services import patients, practitioners
from billing.services import authorizations
from scheduling.models import ProgressNote, Session, Status
from scheduling.services import authorization_dates, notes, visits
from tests import factories
from tests.concurrency.race import overtake, race


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


def shorten(clinic, **dates):
    """What lies outside them now is what was shown."""
    authorization = seen_now(clinic.authorization)
    dates = {"start_date": authorization.start_date, "end_date": authorization.end_date, **dates}
    shown = authorization_dates.outside(authorization, **dates).digest
    return authorization_dates.change(
        actor=clinic.actor, authorization=authorization, shown=shown, **dates
    )


def test_a_session_begins_while_dates_are_shortened(clinic):
    booked = clinic.book_today()
    tomorrow = clinic.organization.today() + timedelta(days=1)
    outcome = overtake(
        lambda: visits.start(actor=clinic.actor, appointment=booked),
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
