"""The main job on real input: an imported patient's units, from the grant to the balance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.actor import Actor
from accounts.models import Event, Organization, Patient, Practitioner
from billing.models import Authorization, LedgerEntry
from e2e.conftest import SignedIn
from scheduling.models import Appointment, Session, Status
from tests import factories
from tests.clinic.synthea_files import DATA, needed

pytestmark = [pytest.mark.django_db(transaction=True), needed]

MRN = "3edac2e3-d223-6fae-d515-daf96ef6bc76"
HOUR_LOCALLY = 14
DAY = timedelta(days=1)


def zone_where_it_is_afternoon() -> str:
    """So that there are times of today to have begun at, at whatever hour the tests run."""
    hours_ahead = HOUR_LOCALLY - timezone.now().hour
    return f"Etc/GMT{-hours_ahead:+d}"  # these count westwards


@dataclass
class Clinic:
    """A new one, with everything of the folder in it, and its administrator."""

    actor: Actor
    patient: Patient
    practitioner: Practitioner

    @property
    def today(self) -> date:
        return self.actor.organization.today()

    @property
    def next_monday(self) -> date:
        return self.today + timedelta(days=7 - self.today.weekday())

    def authorization(self) -> Authorization:
        return Authorization.objects.get(patient=self.patient)

    def balance(self) -> tuple[int, int, int]:
        """Total, used and reserved; verified."""
        call_command("verify_ledger", stdout=StringIO())
        found = self.authorization()
        return found.total_units, found.used_units, found.reserved_units

    def booked(self) -> list[tuple[date, int, str]]:
        found = Appointment.objects.filter(patient=self.patient, authorization__isnull=False)
        local = self.actor.organization.local
        return [(local(one.starts_at).date(), one.units, one.status) for one in found]

    def written(self) -> tuple[int, int, int]:
        """Appointments, entries and events, but for the traces of having looked."""
        changes = Event.objects.exclude(action__in=["patient.viewed", "patient.listed"])
        return Appointment.objects.count(), LedgerEntry.objects.count(), changes.count()


@pytest.fixture
def clinic() -> Iterator[Clinic]:
    call_command(
        *("import_synthea", str(DATA), "--organization", "synthea", "--create", "Synthea Clinic"),
        *("--time-zone", zone_where_it_is_afternoon()),
        stdout=StringIO(),
        stderr=StringIO(),
    )
    organization = Organization.objects.get(slug="synthea")
    patient = Patient.objects.get(mrn=MRN)
    practitioner = Practitioner.objects.filter(care_team__patient=patient).latest("pk")
    return Clinic(factories.actor(organization), patient, practitioner)


class Week:
    """The practitioner's week with the booking panel beside it."""

    def __init__(self, page: Page, clinic: Clinic) -> None:
        self.page, self.clinic = page, clinic
        self.panel = page.locator("#panel")

    def show(self, day: date) -> None:
        week = self.clinic.actor.url("scheduling:week")
        self.page.goto(f"{week}?date={day}&practitioner={self.clinic.practitioner.pk}")

    def open_booking(self, day: date, clock: str, *, minutes: int) -> None:
        """Up to where the panel shows what this booking would take."""
        self.show(day)
        self.page.locator(f'a.cal-slot[data-start="{day}T{clock}"]').click()
        self.panel.get_by_role("link", name=self.clinic.patient.display_name).click()
        self._enter(self.panel.get_by_label("Service"), "97153 Behaviour treatment")
        self.panel.get_by_label("Minutes").fill(str(minutes))
        self.panel.get_by_label("Minutes").blur()
        expect(self.panel.locator("#outcome")).to_contain_text(f"{minutes // 15} unit")

    def _enter(self, select: Locator, label: str) -> None:
        """Choosing another service has the panel drawn again, once its fields listen."""
        expect(self.page.locator(".htmx-added, .htmx-settling, .htmx-request")).to_have_count(0)
        if select.locator("option:checked").inner_text() != label:
            with self.page.expect_response(lambda answer: "changed=service" in answer.url):
                select.select_option(label=label)

    def press_book(self) -> None:
        self.panel.get_by_role("button", name="Book", exact=True).click()

    def book(self, day: date, clock: str, *, minutes: int, left: int) -> None:
        self.open_booking(day, clock, minutes=minutes)
        self.press_book()
        expect(self.page.locator("#toasts")).to_contain_text(
            f"Booked: {minutes // 15} units reserved, {left} left on SYN-1."
        )

    def open_appointment(self, day: date) -> None:
        self.show(day)
        column = self.page.locator(f'[data-date="{day}"]')
        column.locator("a.cal-link", has_text="97153").click()
        expect(self.panel).to_contain_text(self.clinic.patient.called_name)


def test_the_units_of_an_imported_patient_from_grant_to_balance(
    clinic: Clinic, signed_in: SignedIn
) -> None:
    page = signed_in(clinic.actor.user)
    week = Week(page, clinic)
    today, monday = clinic.today, clinic.next_monday
    tuesday, wednesday = monday + DAY, monday + 2 * DAY
    grant(page, clinic, units=10)
    assert clinic.balance() == (10, 0, 0)

    week.book(today, "09:00", minutes=60, left=6)
    week.book(monday, "09:00", minutes=60, left=2)
    week.book(tuesday, "09:00", minutes=30, left=0)
    assert clinic.balance() == (10, 0, 10)

    before = clinic.written()
    week.open_booking(wednesday, "09:00", minutes=60)
    expect(week.panel.locator("#outcome")).to_contain_text("4 missing")
    week.press_book()
    refusal = week.panel.get_by_role("alert")
    expect(refusal).to_contain_text("4 units needed, none left on SYN-1 (until")
    expect(week.panel.get_by_label("Minutes")).to_have_value("60")
    assert clinic.written() == before

    week.open_appointment(monday)
    expect(week.panel).to_contain_text("Releases 4 units")
    week.panel.get_by_role("button", name="Cancel appointment").click()
    expect(page.locator("#toasts")).to_contain_text("4 units released")
    assert clinic.balance() == (10, 0, 6)
    week.book(wednesday, "09:00", minutes=60, left=0)
    assert clinic.balance() == (10, 0, 10)

    complete_at_half_past(week, today)
    assert clinic.balance() == (10, 2, 6)
    assert clinic.booked() == [
        (today, 4, Status.COMPLETED),
        (monday, 4, Status.CANCELLED),
        (tuesday, 2, Status.SCHEDULED),
        (wednesday, 4, Status.SCHEDULED),
    ]
    assert Session.objects.get(appointment__authorization__isnull=False).units == 2
    assert_balance_is_shown(page, clinic)


def grant(page: Page, clinic: Clinic, *, units: int) -> None:
    """Through the forms: a service that is timed, a policy of this year, the authorization."""
    page.goto(clinic.actor.url("billing:service_code_new"))
    page.get_by_label("Code", exact=True).fill("97153")
    page.get_by_label("Label").fill("Behaviour treatment")
    page.locator("#main").get_by_role("button", name="Save").click()
    expect(page.locator("#main")).to_contain_text("97153")

    page.goto(clinic.actor.url("accounts:patients"))
    page.locator("#main").get_by_label("Search").fill(MRN)
    page.locator("#results").get_by_role("link", name=clinic.patient.display_name).click()
    page.get_by_role("link", name="New policy").click()
    page.get_by_label("Payer").select_option(label="Humana")
    page.get_by_label("Member ID").fill("H-2041")
    page.get_by_label("Start date").fill(str(clinic.today - 30 * DAY))
    page.locator("#panel").get_by_role("button", name="Save").click()
    expect(page.locator("#toasts")).to_contain_text("Insurance policy added.")

    page.get_by_role("link", name="New authorization").click()
    page.get_by_label("Policy").select_option(label="Humana · H-2041")
    page.get_by_label("Authorization number").fill("SYN-1")
    page.get_by_label("97153 Behaviour treatment").check()
    page.get_by_label("Start date").fill(str(clinic.today))
    page.get_by_label("End date").fill(str(clinic.today + 60 * DAY))
    page.get_by_label("Units authorized").fill(str(units))
    page.locator("#panel").get_by_role("button", name="Save").click()
    expect(page.locator("#main").get_by_role("heading", name="SYN-1")).to_be_visible()
    expect(page.locator("#main")).to_contain_text(f"{units} available")


def complete_at_half_past(week: Week, day: date) -> None:
    """Booked for an hour from 09:00, which has passed by the clinic's clock."""
    week.open_appointment(day)
    week.panel.get_by_role("link", name="Complete with times").click()
    week.page.get_by_label("Began").fill(f"{day}T09:00")
    week.page.get_by_label("Ended").fill(f"{day}T09:30")
    week.page.get_by_role("button", name="Complete").click()
    expect(week.page.locator("#toasts")).to_contain_text("Completed")


def assert_balance_is_shown(page: Page, clinic: Clinic) -> None:
    """10 granted, 2 used, 2 + 4 still reserved: 2 available; and the entries that made it so."""
    authorization = clinic.authorization()
    page.goto(clinic.actor.url("billing:authorization", pk=authorization.pk))
    figures = page.locator("#main .ub-figures").first
    for figure in ("2 used", "6 reserved", "2 available", "of 10 units"):
        expect(figures).to_contain_text(figure)
    page.goto(clinic.actor.url("billing:entries", pk=authorization.pk))
    moved = authorization.entries.values_list("kind", "units")
    assert list(moved) == [
        ("grant", 10),
        ("reserve", 4),
        ("reserve", 4),
        ("reserve", 2),
        ("release", 4),
        ("reserve", 4),
        ("consume", 2),
    ]
    expect(page.locator("#results tbody tr")).to_have_count(len(moved))
