"""The front desk: book, move and cancel without leaving the week view, and find a patient."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.actions import Actions
from e2e.conftest import SignedIn
from e2e.desk import Desk
from scheduling.models import Appointment
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
FOCUSED = "document.activeElement"


def test_book_and_cancel_in_the_week_view(
    desk: Desk, signed_in: SignedIn, assert_accessible: Callable[[Page], None]
) -> None:
    page = signed_in(desk.actor.user)
    page.goto(desk.week)
    actions = Actions()
    actions.click(page.locator("a.cal-slot").nth(4))
    actions.click(page.locator("#panel").get_by_role("link", name=desk.patient.display_name))
    expect(page.locator("#panel")).to_contain_text("this booking")
    assert_accessible(page)
    actions.click(page.locator("#panel").get_by_role("button", name="Book", exact=True))
    expect(page.locator("#toasts")).to_contain_text("4 units reserved")
    assert actions.actions <= 4
    assert desk.balance() == (10, 0, 4)

    page.goto(desk.week)
    actions = Actions()
    actions.click(page.locator("a.cal-link").first)
    expect(page.locator("#panel")).to_contain_text("Releases 4 units")
    expect(page.locator("#panel")).to_contain_text("not a late cancellation")
    assert_accessible(page)
    actions.click(page.locator("#panel").get_by_role("button", name="Cancel appointment"))
    expect(page.locator("#toasts")).to_contain_text("4 units released")
    assert actions.actions <= 2
    assert desk.balance() == (10, 0, 0)


def test_book_and_cancel_without_scripting(desk: Desk, signed_in: SignedIn) -> None:
    page = signed_in(desk.actor.user, java_script_enabled=False)
    page.goto(desk.week)
    page.locator("a.cal-slot").nth(4).click()
    page.get_by_role("link", name=desk.patient.display_name).click()
    expect(page.locator("#main")).to_contain_text("this booking")
    page.get_by_role("button", name="Book", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("4 units reserved")
    assert desk.balance() == (10, 0, 4)

    page.locator("a.cal-link").first.click()
    page.get_by_role("button", name="Cancel appointment").click()
    expect(page.locator("#toasts")).to_contain_text("4 units released")
    assert desk.balance() == (10, 0, 0)


def moved_to(desk: Desk, appointment: Appointment) -> str:
    appointment.refresh_from_db()
    return f"{desk.organization.local(appointment.starts_at):%a %H:%M}"


@pytest.fixture
def appointment(desk: Desk) -> Appointment:
    return desk.book(desk.at(9))


@pytest.mark.parametrize("whose", ["everybody", "one"])
def test_move_by_hand(
    desk: Desk, appointment: Appointment, signed_in: SignedIn, whose: str
) -> None:
    page = signed_in(desk.actor.user)
    page.goto(desk.everybodys_week if whose == "everybody" else desk.week)
    actions = Actions()
    free = "08:00" if whose == "everybody" else "13:00"  # the next one, or any
    slot = page.get_by_label(re.compile("^Free: .*Tue")).and_(page.get_by_text(free))
    actions.drag(page.locator(f"#block-{appointment.pk}"), slot)
    expect(page.locator("#toasts")).to_contain_text(free)
    assert actions.actions <= 2
    assert moved_to(desk, appointment) == f"Tue {free}"
    assert desk.balance() == (10, 0, 4)


def test_move_by_hand_to_another_practitioner_at_the_same_time(
    desk: Desk, appointment: Appointment, signed_in: SignedIn
) -> None:
    other = factories.PractitionerFactory(organization=desk.organization)
    page = signed_in(desk.actor.user)
    page.goto(desk.everybodys_week)
    cell = page.locator(f'td[data-practitioner="{other.pk}"]').nth(2)
    page.locator(f"#block-{appointment.pk}").drag_to(cell, target_position={"x": 90, "y": 4})
    expect(page.locator("#toasts")).to_contain_text("Moved to Wed")
    assert moved_to(desk, appointment) == "Wed 09:00"
    assert appointment.practitioner == other
    assert desk.balance() == (10, 0, 4)


@pytest.mark.parametrize("whose", ["everybody", "one"])
def test_move_by_touch_and_undo(
    desk: Desk, appointment: Appointment, signed_in: SignedIn, whose: str
) -> None:
    page = signed_in(desk.actor.user, has_touch=True)
    page.goto(desk.everybodys_week if whose == "everybody" else desk.week)
    actions = Actions()
    actions.hold(page.locator(f"#block-{appointment.pk}"))
    actions.tap(
        page.get_by_label(re.compile("^(Free|Move to).*Wed")).and_(page.get_by_text("10:30"))
    )
    expect(page.locator("#toasts")).to_contain_text("10:30")
    assert actions.actions <= 2
    assert moved_to(desk, appointment) == "Wed 10:30"

    page.locator("#toasts").get_by_role("button", name="Undo").tap()
    expect(page.locator("#toasts")).to_contain_text("09:00")
    assert moved_to(desk, appointment) == "Mon 09:00"
    assert desk.balance() == (10, 0, 4)


def test_move_by_keys_in_everybodys_week(
    desk: Desk, appointment: Appointment, signed_in: SignedIn
) -> None:
    page = signed_in(desk.actor.user)
    page.goto(desk.everybodys_week)
    page.locator(f"#block-{appointment.pk} a").focus()
    page.keyboard.press("m")
    expect(page.get_by_role("button", name=re.compile("^Move to .*Mon"))).not_to_have_count(0)
    expect(page.get_by_label(re.compile("^Move to .*Mon .*08:00"))).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_text("choose a free time")).to_have_count(0)
    page.locator(f"#block-{appointment.pk} a").focus()
    page.keyboard.press("m")
    expect(page.get_by_label(re.compile("^Move to .*Mon .*08:00"))).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Moved to Mon")
    expect(page.get_by_text("choose a free time")).to_have_count(0)
    assert moved_to(desk, appointment) == "Mon 08:00"


def test_move_from_the_panel_without_scripting(
    desk: Desk, appointment: Appointment, signed_in: SignedIn
) -> None:
    page = signed_in(desk.actor.user, java_script_enabled=False)
    page.goto(desk.everybodys_week)
    page.locator(f"#block-{appointment.pk} a").click()
    page.get_by_role("link", name="Move", exact=True).click()
    page.get_by_label("Practitioner").select_option(label="Everybody")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("button", name=re.compile("^Move to .*Thu .*14:00")).click()
    expect(page.locator("#toasts")).to_contain_text("14:00")
    assert moved_to(desk, appointment) == "Thu 14:00"


@pytest.mark.parametrize("place", ["clinic:home", "scheduling:week", "billing:payers"])
def test_find_a_patient_and_see_the_units_left(desk: Desk, signed_in: SignedIn, place: str) -> None:
    page = signed_in(desk.actor.user)
    page.goto(desk.actor.url(place))
    actions = Actions()
    actions.fill(page.get_by_label("Find a patient"), desk.patient.legal_first_name)
    found = page.get_by_role("option", name=desk.patient.display_name)
    expect(found).to_contain_text("10 of 10")
    actions.click(found)
    expect(page.get_by_role("heading", level=1)).to_have_text(str(desk.patient))
    expect(page.locator("#main")).to_contain_text("10 available")
    assert actions.actions <= 2
    assert desk.balance() == (10, 0, 0)


def test_find_a_patient_by_keys(desk: Desk, signed_in: SignedIn) -> None:
    page = signed_in(desk.actor.user)
    page.goto(desk.actor.url("billing:service_codes"))
    actions = Actions()
    actions.press(page, "/")
    page.keyboard.type(desk.patient.mrn)
    expect(page.get_by_role("listbox").get_by_role("option")).to_contain_text("10 of 10")
    page.keyboard.press("ArrowDown")
    actions.press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(str(desk.patient))
    expect(page.locator("#main")).to_contain_text("10 available")
    assert actions.actions <= 2


def test_too_few_units_keep_what_was_entered(
    desk: Desk, signed_in: SignedIn, assert_accessible: Callable[[Page], None]
) -> None:
    page = signed_in(desk.actor.user)
    page.goto(desk.week)
    page.locator("a.cal-slot").nth(4).click()
    panel = page.locator("#panel")
    panel.get_by_role("link", name=desk.patient.display_name).click()
    panel.get_by_label("Minutes").fill("180")
    panel.get_by_label("Minutes").press("Tab")
    expect(panel).to_contain_text("2 missing")
    day, start = (panel.get_by_label(name).input_value() for name in ("Date", "Start"))
    panel.get_by_role("button", name="Book", exact=True).click()
    expect(panel.get_by_role("alert")).to_contain_text("12 units needed, 10 left")
    expect(panel.get_by_label("Minutes")).to_have_value("180")
    expect(panel.get_by_label("Date")).to_have_value(day)
    expect(panel.get_by_label("Start")).to_have_value(start)
    assert_accessible(page)
    assert desk.balance() == (10, 0, 0)

    panel.get_by_label("Minutes").fill("150")
    panel.get_by_role("button", name="Book", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("10 units reserved, 0 left")
    assert desk.balance() == (10, 0, 10)


def test_book_by_keys_alone(desk: Desk, signed_in: SignedIn) -> None:
    page = signed_in(desk.actor.user)
    page.goto(desk.week)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(20):  # past the bar and the filters
        page.keyboard.press("Tab")
        if page.evaluate(f"{FOCUSED}.matches('a.cal-slot')"):
            break
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    chosen = page.evaluate(f"{FOCUSED}.dataset.start")
    page.keyboard.press("Enter")
    expect(page.locator("#panel").get_by_role("searchbox")).to_be_focused()
    page.keyboard.type(desk.patient.mrn)
    expect(page.locator("#pick-results a")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Book", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("4 units reserved")
    appointment = desk.patient.appointments.get()
    assert f"{desk.organization.local(appointment.starts_at):%Y-%m-%dT%H:%M}" == chosen
    assert desk.balance() == (10, 0, 4)
