"""A practitioner with a tablet: session, note, and a record outside the care team."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.actor import Actor
from accounts.models import BreakGlass, Event, Practitioner
from accounts.roles import Role
from e2e.actions import Actions
from e2e.conftest import SignedIn
from e2e.desk import Desk, furnished
from scheduling.models import Appointment, ProgressNote, Session, Status
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
TABLET = {"size": {"width": 820, "height": 1180}, "has_touch": True}
REASON = "Covering for a colleague who is ill today"


@pytest.fixture
def own() -> Actor:
    clinic = factories.OrganizationFactory(time_zone=factories.where_it_is_noon())
    return factories.actor(clinic, Role.PRACTITIONER)


@pytest.fixture
def desk(own: Actor) -> Desk:
    return furnished(Practitioner.objects.get(pk=own.practitioner_id))


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name)


def let_minutes_pass(appointment: Appointment, minutes: int) -> None:
    started_at = timezone.now() - timedelta(minutes=minutes)
    Session.objects.filter(appointment=appointment).update(started_at=started_at)


def test_a_session_on_a_tablet(
    desk: Desk, own: Actor, signed_in: SignedIn, assert_accessible: Callable[[Page], None]
) -> None:
    appointment = desk.book()
    page = signed_in(own.user, **TABLET)
    page.goto(own.url("clinic:home"))
    actions = Actions()
    actions.tap(button(page, "Check in"))
    actions.tap(button(page, "Start"))
    expect(button(page, "Complete")).to_be_visible()
    let_minutes_pass(appointment, 45)
    actions.tap(button(page, "Complete"))
    actions.tap(page.get_by_role("link", name="ABA session"))
    expect(page.get_by_label("Plan")).to_have_value(re.compile("Continue the current programs"))
    assert_accessible(page)
    actions.tap(button(page, "Sign and lock"))
    expect(page.locator("#main")).to_contain_text("Signed by")
    assert actions.actions <= 5
    appointment.refresh_from_db()
    assert appointment.status == Status.COMPLETED
    assert ProgressNote.objects.get(session__appointment=appointment).signed_by == own.user
    # 45 of the 60 minutes: one unit of the four is free again
    assert desk.balance() == (10, 3, 0)


def test_a_session_without_scripting(desk: Desk, own: Actor, signed_in: SignedIn) -> None:
    appointment = desk.book()
    page = signed_in(own.user, java_script_enabled=False)
    page.goto(own.url("clinic:home"))
    button(page, "Check in").click()
    button(page, "Start").click()
    expect(button(page, "Complete")).to_be_visible()
    let_minutes_pass(appointment, 60)
    button(page, "Complete").click()
    page.get_by_label("Plan").fill("Go on with turn taking.")
    button(page, "Sign and lock").click()
    expect(page.locator("#main")).to_contain_text("Signed by")
    assert desk.balance() == (10, 4, 0)


def test_a_signed_note_takes_addenda_only(desk: Desk, own: Actor, signed_in: SignedIn) -> None:
    appointment = desk.book()
    page = signed_in(own.user, **TABLET)
    page.goto(own.url("clinic:home"))
    button(page, "Check in").tap()
    button(page, "Start").tap()
    expect(button(page, "Complete")).to_be_visible()
    let_minutes_pass(appointment, 30)
    button(page, "Complete").tap()
    page.get_by_label("Plan").fill("Go on with turn taking.")
    button(page, "Save draft").tap()
    expect(page.locator("#note-state")).to_contain_text("Draft saved")

    page.goto(own.url("scheduling:sessions"))
    expect(page.locator("#results tbody tr")).to_have_count(1)
    page.locator("#results a.row-link").tap()
    expect(page.get_by_label("Plan")).to_have_value("Go on with turn taking.")
    button(page, "Sign and lock").tap()
    expect(page.get_by_label("Plan")).to_have_count(0)

    page.get_by_label("Addendum").fill("The mother joined for ten minutes.")
    button(page, "Add addendum").tap()
    expect(page.locator("#main")).to_contain_text("The mother joined for ten minutes.")
    expect(page.locator("#main")).to_contain_text("Go on with turn taking.")
    note = ProgressNote.objects.get(session__appointment=appointment)
    assert [addendum.author for addendum in note.addenda.all()] == [own.user]
    assert desk.balance() == (10, 2, 0)


def test_break_the_glass(desk: Desk, own: Actor, signed_in: SignedIn) -> None:
    outside = factories.PatientFactory(organization=desk.organization)
    page = signed_in(own.user, **TABLET)
    page.goto(own.url("clinic:home"))
    page.get_by_label("Find a patient").fill(outside.mrn)
    page.get_by_role("listbox").get_by_role("option").tap()
    expect(page.locator("#main")).to_contain_text("This record is not open to you.")
    expect(page.locator("#main")).not_to_contain_text("Contact")
    button(page, "Break the glass").tap()
    expect(page.get_by_role("alert")).to_contain_text("This field is required.")
    assert not BreakGlass.objects.exists()

    page.get_by_label("Why do you need this record?").fill(REASON)
    button(page, "Break the glass").tap()
    expect(page.locator("#main")).to_contain_text("You broke the glass.")
    expect(page.locator("#main")).to_contain_text("Contact")
    glass = BreakGlass.objects.get()
    assert (glass.user, glass.patient, glass.reason) == (own.user, outside, REASON)
    assert timedelta(minutes=59) < glass.expires_at - timezone.now() <= timedelta(minutes=60)
    page.goto(own.url("billing:patient_insurance", pk=outside.pk))
    views = Event.objects.filter(action="patient.viewed", patient=outside)
    assert views
    assert {view.break_glass for view in views} == {glass}

    overview = signed_in(desk.actor.user)
    overview.goto(desk.actor.url("clinic:home"))
    expect(overview.locator("#main")).to_contain_text(REASON)
