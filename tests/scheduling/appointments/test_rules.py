"""Each rule of booking: what it refuses is the first problem of the preview and of the write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import models

from accounts.actor import Actor
from accounts.care_team import services as care_team
from accounts.errors import DomainError, NotAllowed
from accounts.roles import Role
from scheduling.appointments import cancellation
from scheduling.appointments import rules as booking_rules
from scheduling.appointments import services as appointments
from scheduling.appointments.booking import Booking
from scheduling.appointments.preview import Preview, preview
from scheduling.appointments.rules import Rule
from scheduling.models import Appointment
from tests import factories
from tests.scheduling.conftest import NOW

TWO = NOW + timedelta(days=1, hours=5)
HOUR = timedelta(hours=1)


@dataclass
class Desk:
    """What is asked for, by whom, and the appointment that would be moved to it, if one would be.

    Breaking a rule changes `wanted`, or rows in the database.
    """

    actor: Actor
    wanted: dict[str, Any]
    moving: Appointment | None = None

    def other(self, factory: Any, **fields: Any) -> Any:
        return factory(organization=self.actor.organization, **fields)

    def booking(self) -> Booking:
        return Booking(actor=self.actor, moving=self.moving, **self.wanted)

    def preview(self) -> Preview:
        return preview(actor=self.actor, moving=self.moving, **self.wanted)

    def write(self) -> Appointment:
        if self.moving is None:
            return appointments.book(actor=self.actor, **self.wanted)
        changes = {name: value for name, value in self.wanted.items() if name != "patient"}
        return appointments.reschedule(actor=self.actor, appointment=self.moving, **changes)


@pytest.fixture
def to_book(admin, patient, practitioner, service, authorization) -> Desk:
    wanted = {
        "patient": patient,
        "practitioner": practitioner,
        "service_code": service,
        "authorization": authorization,
        "starts_at": TWO,
        "ends_at": TWO + HOUR,
        "location": None,
        "room": None,
    }
    return Desk(admin, wanted)


@pytest.fixture
def to_move(to_book, appointment) -> Desk:
    to_book.moving = appointment
    return to_book


def deactivate(row: models.Model) -> None:
    """In the database only: an object that was read before is out of date."""
    type(row).objects.filter(pk=row.pk).update(is_active=False)  # type: ignore[attr-defined]


def name_another_clinics_room(desk: Desk) -> None:
    desk.wanted["room"] = factories.RoomFactory()


def end_before_the_start(desk: Desk) -> None:
    desk.wanted["ends_at"] = desk.wanted["starts_at"]


def choose_yesterday(desk: Desk) -> None:
    desk.wanted["starts_at"] -= timedelta(days=2)
    desk.wanted["ends_at"] -= timedelta(days=2)


def choose_a_date_too_far_ahead(desk: Desk) -> None:
    desk.wanted["starts_at"] += timedelta(days=800)
    desk.wanted["ends_at"] += timedelta(days=800)


def choose_a_room_elsewhere(desk: Desk) -> None:
    desk.wanted["room"] = desk.other(factories.RoomFactory)
    desk.wanted["location"] = desk.other(factories.LocationFactory)


def choose_five_minutes(desk: Desk) -> None:
    desk.wanted["ends_at"] = desk.wanted["starts_at"] + timedelta(minutes=5)


def choose_an_inactive_service(desk: Desk) -> None:
    desk.wanted["service_code"] = desk.other(factories.ServiceCodeFactory, is_active=False)


def choose_an_inactive_location(desk: Desk) -> None:
    desk.wanted["location"] = desk.other(factories.LocationFactory, is_active=False)


def choose_an_inactive_room(desk: Desk) -> None:
    desk.wanted["room"] = desk.other(factories.RoomFactory, is_active=False)


def as_the_practitioner(desk: Desk) -> None:
    """The wanted one, who has the patient in their care."""
    practitioner, patient = desk.wanted["practitioner"], desk.wanted["patient"]
    care_team.ensure(actor=desk.actor, patient=patient, practitioner=practitioner)
    member = factories.actor(desk.actor.organization, Role.PRACTITIONER)
    desk.actor = replace(member, practitioner_id=practitioner.pk)


def reach_into_a_colleagues_calendar(desk: Desk) -> None:
    as_the_practitioner(desk)
    desk.wanted["practitioner"] = desk.other(factories.PractitionerFactory)


def choose_an_inactive_patient(desk: Desk) -> None:
    deactivate(desk.wanted["patient"])
    desk.wanted["patient"].refresh_from_db()


def choose_an_inactive_practitioner(desk: Desk) -> None:
    desk.wanted["practitioner"] = desk.other(factories.PractitionerFactory, is_active=False)


def choose_a_time_that_is_taken(desk: Desk) -> None:
    appointments.book(
        actor=desk.actor,
        patient=desk.other(factories.PatientFactory),
        practitioner=desk.wanted["practitioner"],
        service_code=desk.wanted["service_code"],
        starts_at=desk.wanted["starts_at"],
        ends_at=desk.wanted["ends_at"],
    )


def override_without_the_permission(desk: Desk) -> None:
    choose_a_time_that_is_taken(desk)
    desk.wanted["override_reason"] = "Both agreed"
    as_the_practitioner(desk)


def ask_for_six_hours(desk: Desk) -> None:
    desk.wanted["ends_at"] = desk.wanted["starts_at"] + 6 * HOUR


def move_a_colleagues_appointment(desk: Desk) -> None:
    desk.actor = factories.actor(desk.actor.organization, Role.PRACTITIONER)


def move_a_cancelled_appointment(desk: Desk) -> None:
    assert desk.moving is not None
    desk.moving = cancellation.cancel(actor=desk.actor, appointment=desk.moving)


def move_an_inactive_patients_appointment(desk: Desk) -> None:
    assert desk.moving is not None
    deactivate(desk.moving.patient)
    desk.moving.patient.refresh_from_db()


Case = tuple[Rule, Callable[[Desk], None], str]

EITHER: list[Case] = [
    (booking_rules.belongs_to_clinic, name_another_clinics_room, "not_found"),
    (booking_rules.duration_is_valid, end_before_the_start, "ends_before_start"),
    (booking_rules.date_is_bookable, choose_yesterday, "in_the_past"),
    (booking_rules.date_is_bookable, choose_a_date_too_far_ahead, "too_far_ahead"),
    (booking_rules.room_is_at_location, choose_a_room_elsewhere, "room_elsewhere"),
    (booking_rules.fills_a_unit, choose_five_minutes, "too_short"),
    (booking_rules.service_is_active, choose_an_inactive_service, "service_code_inactive"),
    (booking_rules.place_is_active, choose_an_inactive_location, "location_inactive"),
    (booking_rules.place_is_active, choose_an_inactive_room, "room_inactive"),
    (
        booking_rules.people_are_active,
        choose_an_inactive_practitioner,
        "practitioner_inactive",
    ),
    (booking_rules.time_is_free, choose_a_time_that_is_taken, "practitioner_not_free"),
    (booking_rules.time_is_free, override_without_the_permission, "role_not_allowed"),
    (booking_rules.units_are_available, ask_for_six_hours, "not_enough_units"),
    (booking_rules.calendar_is_own, reach_into_a_colleagues_calendar, "not_own_calendar"),
]
BOOKING: list[Case] = [
    *EITHER,
    (booking_rules.people_are_active, choose_an_inactive_patient, "patient_inactive"),
]
MOVING: list[Case] = [
    *EITHER,
    (
        booking_rules.appointment_is_changeable,
        move_a_colleagues_appointment,
        "not_own_appointment",
    ),
    (booking_rules.appointment_is_movable, move_a_cancelled_appointment, "unlawful_transition"),
    (booking_rules.people_are_active, move_an_inactive_patients_appointment, "patient_inactive"),
]
ONLY_OF_A_MOVE = {booking_rules.appointment_is_changeable, booking_rules.appointment_is_movable}


def described(problem: DomainError) -> tuple[object, ...]:
    return problem.code, problem.message, problem.field, problem.data


def assert_refused_alike(desk: Desk, rule: Rule, code: str) -> None:
    """By the rule, as the first problem of the preview, and by the write."""
    broken = next(rule(desk.booking()))
    seen = desk.preview()
    first, *_ = [*seen.problems, *seen.conflicts]
    assert not seen.fits
    with pytest.raises(DomainError) as refused:
        desk.write()
    assert described(refused.value) == described(first) == described(broken)
    assert refused.value.code == code


def test_every_rule_has_a_case() -> None:
    assert {rule for rule, _, _ in BOOKING} == set(booking_rules.ALL) - ONLY_OF_A_MOVE
    assert {rule for rule, _, _ in MOVING} == set(booking_rules.ALL)


@pytest.mark.parametrize(("rule", "break_it", "code"), BOOKING)
def test_booking_raises_the_first_problem_of_the_preview(to_book, rule, break_it, code) -> None:
    assert to_book.preview().fits
    break_it(to_book)
    assert_refused_alike(to_book, rule, code)


@pytest.mark.parametrize(("rule", "break_it", "code"), MOVING)
def test_moving_raises_the_first_problem_of_the_preview(to_move, rule, break_it, code) -> None:
    assert to_move.preview().fits
    break_it(to_move)
    assert_refused_alike(to_move, rule, code)


def test_the_preview_lists_all_problems_in_the_order_of_the_rules(to_book) -> None:
    for break_it in (
        choose_five_minutes,
        choose_an_inactive_service,
        choose_an_inactive_room,
        choose_an_inactive_patient,
        choose_an_inactive_practitioner,
    ):
        break_it(to_book)
    assert [problem.code for problem in to_book.preview().problems] == [
        "too_short",
        "service_code_inactive",
        "room_inactive",
        "patient_inactive",
        "practitioner_inactive",
    ]


def test_the_preview_lists_all_problems_with_the_units(to_book, authorization) -> None:
    type(authorization).objects.filter(pk=authorization.pk).update(status="pending", cap_per_day=20)
    authorization.refresh_from_db()
    ask_for_six_hours(to_book)
    assert [problem.code for problem in to_book.preview().problems] == [
        "authorization_not_active",
        "not_enough_units",
        "cap_reached",
    ]


@pytest.mark.parametrize("what", ["patient", "practitioner", "location", "room"])
def test_what_became_inactive_while_waiting_for_the_locks_is_not_booked(
    to_book, clinic, what
) -> None:
    room = factories.RoomFactory(organization=clinic)
    to_book.wanted |= {"room": room, "location": room.location}
    deactivate(to_book.wanted[what])
    assert to_book.wanted[what].is_active, "as it was read"
    with pytest.raises(DomainError) as refused:
        to_book.write()
    assert (refused.value.code, refused.value.field) == (f"{what}_inactive", what)


def test_conflicts_that_an_administrator_overrides_are_returned(to_book) -> None:
    choose_a_time_that_is_taken(to_book)
    to_book.wanted["override_reason"] = "Both agreed"
    overridden = booking_rules.require(to_book.booking(), booking_rules.WITH_CALENDARS)
    assert [conflict.code for conflict in overridden] == ["practitioner_not_free"]
    seen = to_book.preview()
    assert seen.fits
    assert [conflict.code for conflict in seen.conflicts] == ["practitioner_not_free"]
    assert to_book.write().override_reason == "Both agreed"


def test_a_reason_without_a_conflict_needs_no_permission_and_is_not_kept(to_book) -> None:
    as_the_practitioner(to_book)
    to_book.wanted["override_reason"] = "Both agreed"
    assert to_book.write().override_reason == ""


def test_another_problem_is_not_overridden(to_book) -> None:
    choose_a_time_that_is_taken(to_book)
    to_book.wanted["override_reason"] = "Both agreed"
    reach_into_a_colleagues_calendar(to_book)
    with pytest.raises(NotAllowed) as refused:
        to_book.write()
    assert refused.value.code == "not_own_calendar"
