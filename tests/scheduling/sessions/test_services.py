"""Sessions: every valid and invalid transition, and the units at the end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import Conflict, DomainError, Invalid
from accounts.models import Event
from accounts.roles import Role
from billing.models import LedgerEntry
from billing.reasons import ReasonMissing
from scheduling.appointments import arrival, cancellation
from scheduling.appointments import services as appointments
from scheduling.appointments.errors import TimeInvalid, UnlawfulTransition
from scheduling.models import Appointment, ProgressNote, Session, Status
from scheduling.models.appointment import TRANSITIONS
from scheduling.notes import services as notes
from scheduling.sessions import services as sessions
from tests import factories
from tests.scheduling.conftest import NOW

START = NOW + timedelta(days=1, hours=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def due(appointment, time_travel) -> Appointment:
    """The appointment at the minute it begins."""
    time_travel(START)
    return appointment


@pytest.fixture
def night(admin, patient, practitioner, service, authorization) -> Appointment:
    """From 23:00 to 3:00."""
    starts_at = NOW + 14 * HOUR
    return appointments.book(
        actor=admin,
        patient=patient,
        practitioner=practitioner,
        service_code=service,
        authorization=authorization,
        starts_at=starts_at,
        ends_at=starts_at + 4 * HOUR,
    )


def figures(authorization) -> tuple[int, int, int]:
    authorization.refresh_from_db()
    return (
        authorization.used_units,
        authorization.reserved_units,
        authorization.available_units,
    )


STEPS = {
    Status.CONFIRMED: lambda actor, one: arrival.confirm(actor=actor, appointment=one),
    Status.ARRIVED: lambda actor, one: arrival.check_in(actor=actor, appointment=one),
    Status.IN_PROGRESS: lambda actor, one: sessions.start(actor=actor, appointment=one),
    Status.COMPLETED: lambda actor, one: sessions.complete(
        actor=actor,
        appointment=one,
        started_at=START - HOUR,
        ended_at=START,
    ),
    Status.CANCELLED: lambda actor, one: cancellation.cancel(
        actor=actor, appointment=one, reason="Ill"
    ),
    Status.NO_SHOW: lambda actor, one: cancellation.mark_no_show(actor=actor, appointment=one),
    Status.SCHEDULED: lambda actor, one: cancellation.restore(actor=actor, appointment=one),
}
# The steps that lead to each status from "scheduled".
PATHS = {
    Status.SCHEDULED: [],
    Status.CONFIRMED: [Status.CONFIRMED],
    Status.ARRIVED: [Status.ARRIVED],
    Status.IN_PROGRESS: [Status.IN_PROGRESS],
    Status.COMPLETED: [Status.COMPLETED],
    Status.CANCELLED: [Status.CANCELLED],
    Status.NO_SHOW: [Status.NO_SHOW],
}


@pytest.mark.parametrize("before", Status)
@pytest.mark.parametrize("after", Status)
def test_only_lawful_steps(admin, due, before, after) -> None:
    for status in PATHS[before]:
        STEPS[status](admin, due)
    is_reopening = (before, after) == (Status.COMPLETED, Status.IN_PROGRESS)
    if after in TRANSITIONS[before] and not is_reopening:
        STEPS[after](admin, due)
        expected = after
    else:
        with pytest.raises(UnlawfulTransition) as refused:
            STEPS[after](admin, due)
        assert refused.value.code == "unlawful_transition"
        expected = before
    due.refresh_from_db()
    assert due.status == expected


@pytest.mark.parametrize("before", Status)
@pytest.mark.parametrize("after", Status)
def test_the_database_has_the_same_transitions(admin, due, before, after) -> None:
    for status in PATHS[before]:
        STEPS[status](admin, due)
    fields = {"status": after, "cancelled_by": "", "cancelled_late": None}
    if after == Status.CANCELLED:
        fields |= {"cancelled_by": "clinic", "cancelled_late": False}
    change = Appointment.objects.filter(pk=due.pk)
    if after == before or after in TRANSITIONS[before]:
        assert change.update(**fields) == 1
    else:
        refused = pytest.raises(IntegrityError, match="UPDATE of scheduling_appointment refused")
        with refused, transaction.atomic():
            change.update(**fields)


def test_the_day_must_have_come(admin, appointment) -> None:
    for step in (arrival.check_in, sessions.start, sessions.complete):
        with pytest.raises(Conflict) as refused:
            step(actor=admin, appointment=appointment)
        assert refused.value.code == "day_not_come"
    with pytest.raises(Conflict) as refused:
        cancellation.mark_no_show(actor=admin, appointment=appointment)
    assert refused.value.code == "not_begun"


@pytest.mark.parametrize(
    ("minutes", "units"), [(60, 4), (53, 4), (52, 3), (38, 3), (37, 2), (8, 1), (7, 0), (80, 5)]
)
def test_actual_units_are_used_and_the_rest_is_free(
    admin, due, authorization, time_travel, minutes, units
) -> None:
    sessions.start(actor=admin, appointment=due)
    time_travel(START + timedelta(minutes=minutes))
    session = sessions.complete(actor=admin, appointment=due)
    assert (session.minutes, session.units) == (minutes, units)
    assert figures(authorization) == (units, 0, 20 - units)


def test_longer_than_the_units_left_is_refused(admin, due, authorization, time_travel) -> None:
    sessions.start(actor=admin, appointment=due)
    time_travel(START + 6 * HOUR)
    with pytest.raises(DomainError) as refused:
        sessions.complete(actor=admin, appointment=due)
    assert refused.value.code == "not_enough_units"
    assert figures(authorization) == (0, 4, 16)
    assert Session.objects.get().ended_at is None


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (HOUR, HOUR, "ends_before_start"),
        (2 * HOUR, HOUR, "ends_before_start"),
        (-24 * HOUR, HOUR, "too_long"),
        (timedelta(), 5 * HOUR, "in_the_future"),
        (-24 * HOUR, -23 * HOUR, "other_day"),
        (-21 * 24 * HOUR, -21 * 24 * HOUR + HOUR, "other_day"),
        (14 * HOUR, 15 * HOUR, "other_day"),
    ],
)
def test_times_that_cannot_be(admin, due, authorization, time_travel, start, end, code) -> None:
    time_travel(START + (24 if code == "other_day" else 2) * HOUR)
    with pytest.raises(TimeInvalid) as refused:
        sessions.complete(
            actor=admin, appointment=due, started_at=START + start, ended_at=START + end
        )
    assert refused.value.code == code
    assert figures(authorization) == (0, 4, 16)


def test_a_session_begins_on_the_day_it_is_booked_for(admin, due, time_travel) -> None:
    time_travel(START + 24 * HOUR)
    with pytest.raises(TimeInvalid) as refused:
        sessions.start(actor=admin, appointment=due)
    assert refused.value.code == "other_day"
    assert not Session.objects.exists()


def test_a_night_may_begin_after_midnight(admin, night, authorization, time_travel) -> None:
    time_travel(night.starts_at + 2 * HOUR)
    sessions.start(actor=admin, appointment=night)
    time_travel(night.starts_at + 3 * HOUR)
    assert sessions.complete(actor=admin, appointment=night).units == 4


def test_a_no_show_releases_units_and_can_be_undone(admin, due, authorization) -> None:
    marked = cancellation.mark_no_show(actor=admin, appointment=due)
    assert figures(authorization) == (0, 0, 20)
    cancellation.restore(actor=admin, appointment=marked)
    assert figures(authorization) == (0, 4, 16)


def test_reopening_reverses_and_reserves_again(admin, due, authorization, time_travel) -> None:
    time_travel(START + HOUR)
    sessions.complete(actor=admin, appointment=due, ended_at=START + timedelta(minutes=30))
    assert figures(authorization) == (2, 0, 18)
    with pytest.raises(ReasonMissing):
        sessions.reopen(actor=admin, appointment=due, reason=" ")
    reopened = sessions.reopen(actor=admin, appointment=due, reason="Wrong times")
    assert reopened.status == Status.IN_PROGRESS
    assert figures(authorization) == (0, 2, 18)
    sessions.complete(actor=admin, appointment=reopened, ended_at=START + HOUR)
    assert figures(authorization) == (4, 0, 16)
    kinds = LedgerEntry.objects.order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["grant", "reserve", "consume", "reverse", "reserve", "consume"]


@pytest.mark.parametrize(
    ("reason", "code"),
    [("", "reason_missing"), ("x" * 301, "reason_too_long"), ("a\x07b", "control_character")],
)
def test_reopening_private_pay_needs_a_valid_reason_too(
    admin, appointment, time_travel, reason, code
) -> None:
    """Private pay has no ledger that would check the reason."""
    time_travel(appointment.ends_at)
    moved = appointments.reschedule(
        actor=admin,
        appointment=appointment,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        practitioner=appointment.practitioner,
        service_code=appointment.service_code,
        authorization=None,
        location=None,
        room=None,
    )
    sessions.complete(actor=admin, appointment=moved)
    with pytest.raises(Invalid) as refused:
        sessions.reopen(actor=admin, appointment=moved, reason=reason)
    assert (refused.value.code, refused.value.field) == (code, "reason")
    sessions.reopen(actor=admin, appointment=moved, reason=" The times were wrong ")
    told = Event.objects.get(action="appointment.reopened")
    assert told.details["reason"] == "The times were wrong"


def test_the_message_states_the_units_reserved_after_reopening(
    admin, desk, due, authorization, time_travel
) -> None:
    time_travel(START + HOUR)
    desk.force_login(admin.user)
    sessions.complete(actor=admin, appointment=due, ended_at=START + timedelta(minutes=30))
    sessions.reopen(actor=admin, appointment=due, reason="Wrong times")
    page = desk.get(admin.url("scheduling:cancel", pk=due.pk)).content.decode()
    assert "Releases 2 units" in page
    sessions.complete(actor=admin, appointment=due, ended_at=START + HOUR)
    told = Event.objects.filter(action="appointment.completed").latest("pk").details
    assert (told["units"], told["reserved"]) == (4, 2)
    sessions.reopen(actor=admin, appointment=due, reason="Wrong times again")
    sent = desk.post(
        admin.url("scheduling:cancel", pk=due.pk), {"cancelled_by": "clinic"}, follow=True
    )
    assert "4 units released." in sent.content.decode()


def test_reopening_without_used_units_reserves_the_earlier_units(
    admin, desk, due, authorization, time_travel
) -> None:
    time_travel(START + HOUR)
    desk.force_login(admin.user)
    sessions.complete(actor=admin, appointment=due, ended_at=START + timedelta(minutes=5))
    assert figures(authorization) == (0, 0, 20)
    page = desk.get(admin.url("scheduling:reopen", pk=due.pk)).content.decode()
    assert "Reverses the consumption of 0 units and reserves 4 units" in page
    sessions.reopen(actor=admin, appointment=due, reason="Wrong times")
    assert figures(authorization) == (0, 4, 16)


class TestNote:
    @pytest.fixture
    def author(self, clinic, practitioner):
        actor = factories.actor(clinic, Role.ADMIN)
        type(practitioner).objects.filter(pk=practitioner.pk).update(user=actor.user)
        return type(actor)(**{**actor.__dict__, "practitioner_id": practitioner.pk})

    @pytest.fixture
    def session(self, admin, due, time_travel) -> Session:
        time_travel(START + HOUR)
        return sessions.complete(actor=admin, appointment=due)

    def test_drafted_signed_and_added_to(self, author, session) -> None:
        draft = notes.draft(actor=author, session=session, subjective="Slept well")
        again = notes.draft(
            actor=author, session=session, subjective="Slept badly", version=draft.version
        )
        signed = notes.sign(actor=author, note=again, version=again.version)
        assert (signed.status, signed.signed_by) == (ProgressNote.Status.SIGNED, author.user)
        with pytest.raises(Conflict) as refused:
            notes.draft(actor=author, session=session, subjective="Changed my mind")
        assert refused.value.code == "note_signed"
        addendum = notes.amend(actor=author, note=signed, text="Mother confirms")
        assert list(signed.addenda.all()) == [addendum]

    def test_an_older_version_does_not_overwrite(self, author, session) -> None:
        draft = notes.draft(actor=author, session=session, subjective="One")
        notes.draft(actor=author, session=session, subjective="Two", version=draft.version)
        with pytest.raises(Conflict) as refused:
            notes.draft(actor=author, session=session, subjective="3", version=draft.version)
        assert refused.value.code == "stale"
        assert ProgressNote.objects.get().subjective == "Two"

    def test_a_note_is_not_overwritten_from_a_page_without_it(self, author, session) -> None:
        notes.draft(actor=author, session=session, subjective="One", version=0)
        with pytest.raises(Conflict) as refused:
            notes.draft(actor=author, session=session, subjective="Two", version=0)
        assert refused.value.code == "stale"
        assert ProgressNote.objects.get().subjective == "One"

    def test_an_unchanged_draft_is_not_written(self, author, session) -> None:
        draft = notes.draft(actor=author, session=session, subjective="One")
        same = notes.draft(actor=author, session=session, subjective="One", version=draft.version)
        assert (same.version, same.updated_at) == (draft.version, draft.updated_at)
        notes.draft(actor=author, session=session, subjective="Two", version=same.version)
        told = Event.objects.filter(object_id=draft.pk, action__startswith="note.").order_by("pk")
        assert [event.action for event in told] == ["note.drafted", "note.updated"]

    def test_signing_needs_words_and_a_completed_session(self, author, admin, due) -> None:
        sessions.start(actor=admin, appointment=due)
        running = Session.objects.get()
        draft = notes.draft(actor=author, session=running, subjective="Began well")
        with pytest.raises(Conflict) as refused:
            notes.sign(actor=author, note=draft)
        assert refused.value.code == "session_not_completed"

    def test_an_empty_note_is_not_signed(self, author, session) -> None:
        draft = notes.draft(actor=author, session=session, subjective="  ")
        with pytest.raises(DomainError) as refused:
            notes.sign(actor=author, note=draft)
        assert refused.value.code == "note_empty"

    def test_only_the_rendering_practitioner_writes(self, admin, session) -> None:
        with pytest.raises(DomainError) as refused:
            notes.draft(actor=admin, session=session, subjective="From the desk")
        assert refused.value.code == "not_own_note"
