"""Patients, and guardians in their place: what comes, what is left, and cancelling in time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.roles import Role
from e2e.actions import Actions
from e2e.conftest import SignedIn
from e2e.desk import Desk
from scheduling.models import Appointment, Status
from scheduling.sessions import services as sessions
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def own(desk: Desk) -> User | None:
    """The patient's own sign-in."""
    desk.patient.user = desk.member(Role.PATIENT).user
    desk.patient.save(update_fields=["user"])
    return desk.patient.user


@pytest.fixture
def guardian(desk: Desk) -> User | None:
    user = desk.member(Role.PATIENT).user
    factories.GuardianFactory(
        organization=desk.organization, patient=desk.patient, user=user, may_sign_in=True
    )
    return user


@pytest.fixture
def appointment(desk: Desk) -> Appointment:
    return desk.book(desk.at(9) + timedelta(days=7))


def home(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("My appointments")


def told_of_status(appointment: Appointment) -> tuple[str, str]:
    appointment.refresh_from_db()
    return appointment.status, appointment.cancelled_by


def test_next_units_and_past_sessions(
    desk: Desk, own: User, appointment: Appointment, signed_in: SignedIn
) -> None:
    over = desk.book()
    now = timezone.now()
    sessions.complete(
        actor=desk.actor, appointment=over, started_at=now - timedelta(minutes=30), ended_at=now
    )
    page = signed_in(own)
    home(page)
    when = desk.organization.local(appointment.starts_at)
    expect(page.get_by_role("region", name="Next")).to_contain_text(f"{when:%H:%M}")
    # 10, of which 2 were used and 4 are reserved
    expect(page.get_by_role("region", name="Units left")).to_contain_text("4 of 10")
    expect(page.get_by_role("region", name="Past sessions")).to_contain_text("30 min")
    assert desk.balance() == (10, 2, 4)


def test_others_records_are_out_of_sight(
    desk: Desk, own: User, appointment: Appointment, signed_in: SignedIn
) -> None:
    other = factories.PatientFactory(organization=desk.organization)
    page = signed_in(own)
    answer = page.goto(desk.actor.url("accounts:patient", pk=other.pk))
    assert answer is not None
    assert answer.status == 404
    home(page)
    expect(page.get_by_label("Find a patient")).to_have_count(0)


def test_cancel_in_time(
    desk: Desk,
    own: User,
    appointment: Appointment,
    signed_in: SignedIn,
    assert_accessible: Callable[[Page], None],
) -> None:
    page = signed_in(own, size={"width": 390, "height": 844}, has_touch=True)
    home(page)
    actions = Actions()
    actions.tap(page.get_by_role("link", name="Cancel"))
    expect(page.get_by_role("dialog")).to_contain_text("not a late cancellation")
    assert_accessible(page)
    actions.tap(page.get_by_role("dialog").get_by_role("button", name="Cancel appointment"))
    expect(page.locator("#toasts")).to_contain_text("Cancelled.")
    assert actions.actions <= 2
    assert told_of_status(appointment) == (Status.CANCELLED, Appointment.CancelledBy.PATIENT)
    assert desk.balance() == (10, 0, 0)


def test_cancel_without_scripting(
    desk: Desk, own: User, appointment: Appointment, signed_in: SignedIn
) -> None:
    page = signed_in(own, java_script_enabled=False)
    home(page)
    actions = Actions()
    actions.click(page.get_by_role("link", name="Cancel"))
    actions.click(page.get_by_role("button", name="Cancel appointment"))
    expect(page.locator("#toasts")).to_contain_text("Cancelled.")
    assert actions.actions <= 2
    assert desk.balance() == (10, 0, 0)


def test_patients_cannot_cancel_late(desk: Desk, own: User, signed_in: SignedIn) -> None:
    soon = desk.book(timezone.now().replace(microsecond=0) + timedelta(hours=2))
    page = signed_in(own)
    home(page)
    expect(page.get_by_role("region", name="Coming up")).to_contain_text("up to 24 hours before")
    expect(page.get_by_role("link", name="Cancel")).to_have_count(0)
    page.goto(desk.actor.url("scheduling:appointment", pk=soon.pk))
    expect(page.get_by_role("button", name="Cancel appointment")).to_have_count(0)


def test_too_late_by_now_is_refused(
    desk: Desk, own: User, appointment: Appointment, signed_in: SignedIn
) -> None:
    page = signed_in(own)
    home(page)
    page.get_by_role("link", name="Cancel").click()
    desk.organization.late_cancellation_hours = 24 * 30
    desk.organization.phone = "312 555 0100"
    desk.organization.save(update_fields=["late_cancellation_hours", "phone"])
    page.get_by_role("button", name="Cancel appointment").click()
    expect(page.get_by_role("alert")).to_contain_text(
        "The appointment is in less than 720 hours. Please call the clinic at 312 555 0100."
    )
    assert told_of_status(appointment) == (Status.SCHEDULED, "")
    assert desk.balance() == (10, 0, 4)


def test_a_guardian_cancels_for_the_child(
    desk: Desk, guardian: User, appointment: Appointment, signed_in: SignedIn
) -> None:
    page = signed_in(guardian)
    home(page)
    child = desk.patient.called_name
    expect(page.get_by_role("region", name="Next")).to_contain_text(child)
    expect(page.get_by_role("region", name="Units left")).to_contain_text("6 of 10")
    actions = Actions()
    actions.click(page.get_by_role("link", name="Cancel"))
    actions.click(page.get_by_role("button", name="Cancel appointment"))
    expect(page.locator("#toasts")).to_contain_text("Cancelled.")
    assert actions.actions <= 2
    assert told_of_status(appointment) == (Status.CANCELLED, Appointment.CancelledBy.PATIENT)
    assert desk.balance() == (10, 0, 0)
