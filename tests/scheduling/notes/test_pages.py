"""A session's note over HTTP, as its practitioner writes it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts.actor import Actor
from accounts.roles import Role
from scheduling.appointments import arrival
from scheduling.appointments import services as appointments
from scheduling.models import Appointment, ProgressNote, Session
from scheduling.sessions import services as sessions
from tests import factories
from tests.pages import form_on, open_form
from tests.scheduling.conftest import NOW

pytestmark = pytest.mark.django_db


def booked_with(me, admin, patient, service, *, minutes) -> Appointment:
    """Now, by the practitioner that `me` is."""
    return appointments.book(
        actor=admin,
        patient=patient,
        practitioner=admin.organization.practitioners.get(pk=me.practitioner_id),
        service_code=service,
        starts_at=NOW,
        ends_at=NOW + timedelta(minutes=minutes),
    )


def test_from_check_in_to_a_signed_note(desk, admin, clinic, patient, service) -> None:

    me = factories.actor(clinic, Role.PRACTITIONER)
    mine = booked_with(me, admin, patient, service, minutes=60)
    tablet = Client()
    tablet.force_login(me.user)
    assert mine.patient.called_name in tablet.get(me.url("clinic:home")).content.decode()
    tablet.post(me.url("scheduling:check_in", pk=mine.pk))
    tablet.post(me.url("scheduling:start", pk=mine.pk))
    page = me.url("scheduling:complete", pk=mine.pk)
    assert tablet.get(page).status_code == 200
    answer = tablet.post(
        page, {"started_at": "2026-06-10T08:00", "ended_at": "2026-06-10T08:50"}, follow=True
    )
    session = Session.objects.get()
    assert session.units == 3
    assert "Sign and lock" in answer.content.decode()
    template = tablet.get(me.url("scheduling:session", pk=session.pk) + "?template=aba")
    assert "discrete trials" in template.content.decode()
    write = me.url("scheduling:note_write", pk=session.pk)
    tablet.post(write, {"format": "soap", "objective": "Worked on", "version": "0"})
    template = tablet.get(me.url("scheduling:session", pk=session.pk) + "?template=aba")
    assert "Worked on" in template.content.decode()
    assert "discrete trials" not in template.content.decode()
    assert "Begin with" not in template.content.decode()
    last = {"format": "soap", "objective": "Worked on requests.", "sign": "1", "version": "1"}
    tablet.post(write, last)
    note = ProgressNote.objects.get()
    assert note.is_signed
    assert tablet.post(write, {"format": "soap", "objective": "Changed."}).status_code == 409
    tablet.post(me.url("scheduling:addendum", pk=session.pk), {"text": "Mother called."})
    assert note.addenda.count() == 1


@pytest.mark.parametrize("seconds", [0, 50])
@pytest.mark.parametrize("minutes", [0, 7])
def test_a_session_that_has_hardly_begun_is_completed_by_its_times_only(
    admin, clinic, patient, service, time_travel, minutes, seconds
) -> None:
    begins = NOW + timedelta(seconds=seconds)
    time_travel(begins)
    me, session = running(admin, clinic, patient, service)
    time_travel(begins + timedelta(minutes=minutes, seconds=20))
    tablet = Client()
    tablet.force_login(me.user)
    page = me.url("scheduling:complete", pk=session.appointment_id)
    answer = tablet.post(page)
    assert answer.status_code == 400
    again = ", or complete it again if they are right" if minutes else ""
    said = f"{minutes} min is too short for a unit of 97153. Correct the times{again}."
    assert said in answer.content.decode()
    session.refresh_from_db()
    assert session.ended_at is None

    form = form_on(answer, having="ended_at")
    assert form.values["started_at"] == "2026-06-10T09:00"
    assert form.values["ended_at"] == f"2026-06-10T09:0{minutes}"
    later = "2026-06-10T09:01" if minutes == 0 else form.values["ended_at"]
    assert form.send(tablet, ended_at=later).status_code == 302
    session.refresh_from_db()
    assert (session.units, session.minutes) == (0, minutes or 1)


def test_a_session_that_ran_for_a_unit_is_completed_at_once(
    admin, clinic, patient, service, time_travel
) -> None:
    me, session = running(admin, clinic, patient, service)
    time_travel(NOW + timedelta(minutes=8))
    tablet = Client()
    tablet.force_login(me.user)
    page = me.url("scheduling:complete", pk=session.appointment_id)
    assert tablet.post(page).status_code == 302
    session.refresh_from_db()
    assert session.units == 1


def running(admin, clinic, patient, service) -> tuple[Actor, Session]:
    """A session in progress, and its practitioner."""
    me = factories.actor(clinic, Role.PRACTITIONER)
    mine = booked_with(me, admin, patient, service, minutes=30)
    sessions.start(actor=admin, appointment=arrival.check_in(actor=admin, appointment=mine))
    return me, Session.objects.get()


def test_two_begin_the_same_note(admin, clinic, patient, service) -> None:
    """The later one is refused, however often it is sent, and its words stay on the page."""
    me, session = running(admin, clinic, patient, service)
    page = me.url("scheduling:session", pk=session.pk)
    tablet, laptop = Client(), Client()
    tablet.force_login(me.user)
    laptop.force_login(me.user)
    one = open_form(tablet, page, having="plan")
    other = open_form(laptop, page, having="plan")
    saved = one.send(tablet, plan="Again next week")
    assert saved.status_code == 302
    for _ in range(2):
        refused = other.send(laptop, plan="Twice a week")
        assert refused.status_code == 409
        other = form_on(refused, having="plan")
        assert other.values["plan"] == "Twice a week"
    assert ProgressNote.objects.get().plan == "Again next week"


def test_a_note_that_saves_itself_learns_its_version(admin, clinic, patient, service) -> None:
    """What the answer swaps in is what the next saving sends, with all that was typed since."""
    me, session = running(admin, clinic, patient, service)
    tablet = Client()
    tablet.force_login(me.user)
    form = open_form(tablet, me.url("scheduling:session", pk=session.pk), having="plan")
    for number, plan in enumerate(("Again", "Again next", "Again next week"), start=1):
        saved = tablet.post(
            form.action, {**form.values, "plan": plan}, headers={"HX-Request": "true"}
        )
        state = dict(re.findall(r'name="(\w+)" value="([^"]+)"', saved.content.decode()))
        assert state["version"] == str(number)
        form.values.update(state)
    assert ProgressNote.objects.get().plan == "Again next week"
