"""Booking, moving and cancelling: figures and conflicts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from accounts.models import CareTeamMember, Event
from accounts.roles import Role
from billing.models import LedgerEntry, Reservation
from scheduling.appointments import cancellation
from scheduling.appointments import services as appointments
from scheduling.appointments.booking import BEST
from scheduling.appointments.errors import NotFree, UnlawfulTransition
from scheduling.models import Appointment, Status
from tests import factories
from tests.scheduling.conftest import NOW

TEN = NOW + timedelta(days=1, hours=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def book(admin, patient, practitioner, service):
    """Books an hour tomorrow at ten, private pay, with what is given changed."""

    def book(**changes) -> Appointment:
        wanted = {
            "actor": admin,
            "patient": patient,
            "practitioner": practitioner,
            "service_code": service,
            "starts_at": TEN,
            "ends_at": TEN + HOUR,
            **changes,
        }
        return appointments.book(**wanted)

    return book


@pytest.fixture
def another(clinic):
    """Another patient, practitioner or room of the clinic."""
    return {
        "patient": factories.PatientFactory(organization=clinic),
        "practitioner": factories.PractitionerFactory(organization=clinic),
        "room": factories.RoomFactory(organization=clinic),
    }


def figures(authorization) -> tuple[int, int, int]:
    authorization.refresh_from_db()
    return (
        authorization.used_units,
        authorization.reserved_units,
        authorization.available_units,
    )


def test_reserves_and_records_an_event(book, authorization, patient, practitioner, clinic) -> None:
    booked = book(authorization=authorization)
    assert figures(authorization) == (0, 4, 16)
    assert (booked.units, booked.status) == (4, Status.SCHEDULED)
    held = booked.reservation
    assert (held.units, held.source) == (4, f"appointment:{booked.pk}")
    assert held.date_of_service == clinic.local(TEN).date()
    event = Event.objects.get(action="appointment.booked")
    assert (event.object_id, event.patient_id, event.details["units"]) == (
        booked.pk,
        patient.pk,
        4,
    )
    assert CareTeamMember.objects.filter(patient=patient, practitioner=practitioner).exists()


def test_uses_the_best_authorization(book, authorization, clinic, patient, service) -> None:
    sooner = factories.AuthorizationFactory(
        organization=clinic,
        patient=patient,
        policy=authorization.policy,
        service_codes=[service],
        end_date=clinic.today() + timedelta(days=10),
        units=3,
    )
    assert book(authorization=BEST).authorization == authorization  # the sooner has too few
    assert figures(sooner) == (0, 0, 3)


def test_a_refused_booking_leaves_nothing(book, authorization) -> None:
    with pytest.raises(DomainError):
        book(authorization=authorization, ends_at=TEN + 6 * HOUR)
    assert figures(authorization) == (0, 0, 20)
    assert not Appointment.objects.exists()
    assert not Event.objects.filter(action__startswith="appointment").exists()


def test_practitioner_patient_and_room_cannot_be_double_booked(book, another) -> None:
    room = another["room"]
    taken = book(room=room)
    cases = {
        "practitioner_not_free": {"patient": another["patient"]},
        "patient_not_free": {"practitioner": another["practitioner"]},
        "room_not_free": {
            "patient": another["patient"],
            "practitioner": another["practitioner"],
            "room": room,
        },
    }
    for code, changes in cases.items():
        with pytest.raises(NotFree) as refused:
            book(starts_at=TEN + HOUR / 2, ends_at=TEN + 2 * HOUR, **changes)
        assert refused.value.code == code
        assert refused.value.data["appointment"] == taken.pk
    assert Appointment.objects.count() == 1


def test_one_ends_where_the_next_begins(book, another) -> None:
    book(room=another["room"])
    book(starts_at=TEN + HOUR, ends_at=TEN + 2 * HOUR, room=another["room"])
    book(starts_at=TEN - HOUR, ends_at=TEN, room=another["room"])
    assert Appointment.objects.count() == 3


def test_a_group_is_of_one_service_and_different_patients(book, clinic, another) -> None:
    group = factories.ServiceCodeFactory(organization=clinic, allows_group=True)
    other_group = factories.ServiceCodeFactory(organization=clinic, allows_group=True)
    together = {"service_code": group, "room": another["room"]}
    book(**together)
    book(**together, patient=another["patient"])
    third = factories.PatientFactory(organization=clinic)
    for refused in ({"service_code": other_group}, {"service_code": book_plain(clinic)}):
        with pytest.raises(NotFree) as taken:
            book(**{**together, **refused}, patient=third)
        assert taken.value.code == "practitioner_not_free"
    with pytest.raises(NotFree) as taken:
        book(**together)
    assert {taken.value.code} <= {"practitioner_not_free", "patient_not_free"}


def book_plain(clinic):
    return factories.ServiceCodeFactory(organization=clinic)


def test_services_side_by_side_for_one_patient(book, clinic, another) -> None:
    treatment, supervision = (
        factories.ServiceCodeFactory(organization=clinic, allows_concurrent=True) for _ in range(2)
    )
    room = another["room"]
    book(service_code=treatment, room=room)
    book(service_code=supervision, practitioner=another["practitioner"], room=room)
    third = factories.PractitionerFactory(organization=clinic)
    with pytest.raises(NotFree) as refused:
        book(service_code=treatment, practitioner=third)
    assert refused.value.code == "patient_not_free"
    with pytest.raises(NotFree) as refused:
        book(service_code=supervision)  # the same practitioner cannot be both
    assert "practitioner_not_free" in refused.value.code


def test_an_administrator_books_over_with_a_reason(book, clinic, another) -> None:
    book()
    over = book(patient=another["patient"], override_reason="Sibling joins")
    assert over.override_reason == "Sibling joins"
    event = Event.objects.filter(action="appointment.booked").first()
    assert event.details["override_reason"] == "Sibling joins"
    assert book(starts_at=TEN + 3 * HOUR, ends_at=TEN + 4 * HOUR, override_reason="Not needed")
    free = Appointment.objects.latest("pk")
    assert free.override_reason == ""  # nothing was in the way


def test_a_practitioner_does_not_book_over(book, clinic, patient, practitioner) -> None:
    book()
    other = factories.PatientFactory(organization=clinic)
    user = factories.UserFactory()
    type(practitioner).objects.filter(pk=practitioner.pk).update(user=user)
    actor = factories.actor(clinic, Role.ADMIN, user=user)
    factories.CareTeamMemberFactory(organization=clinic, patient=other, practitioner=practitioner)
    limited = type(actor)(
        **{**actor.__dict__, "role": Role.PRACTITIONER, "practitioner_id": practitioner.pk}
    )
    with pytest.raises(NotAllowed):
        book(actor=limited, patient=other, override_reason="I want it")


def test_nothing_of_another_clinic(book, authorization) -> None:
    elsewhere = factories.OrganizationFactory()
    strangers = {
        "patient": factories.PatientFactory(organization=elsewhere),
        "practitioner": factories.PractitionerFactory(organization=elsewhere),
        "service_code": factories.ServiceCodeFactory(organization=elsewhere),
        "authorization": factories.AuthorizationFactory(organization=elsewhere),
        "location": factories.LocationFactory(organization=elsewhere),
        "room": factories.RoomFactory(organization=elsewhere),
    }
    for field, stranger in strangers.items():
        with pytest.raises(NotFound) as refused:
            book(**{"authorization": authorization, field: stranger})
        assert refused.value.field == field
    assert figures(authorization) == (0, 0, 20)


def test_a_room_brings_its_location(book, clinic, another) -> None:
    room = another["room"]
    assert book(room=room).location == room.location
    elsewhere = factories.LocationFactory(organization=clinic)
    with pytest.raises(Invalid) as refused:
        book(starts_at=TEN + HOUR, ends_at=TEN + 2 * HOUR, room=room, location=elsewhere)
    assert refused.value.field == "room"


def move(admin, appointment, **changes) -> Appointment:
    wanted = {
        "actor": admin,
        "appointment": appointment,
        "starts_at": appointment.starts_at,
        "ends_at": appointment.ends_at,
        "practitioner": appointment.practitioner,
        "service_code": appointment.service_code,
        "authorization": appointment.authorization,
        "location": appointment.location,
        "room": appointment.room,
        **changes,
    }
    return appointments.reschedule(**wanted)


def test_moving_on_the_same_day_keeps_the_reservation(admin, appointment, authorization) -> None:
    held = appointment.reservation_id
    moved = move(admin, appointment, starts_at=TEN + HOUR, ends_at=TEN + 2 * HOUR)
    assert (moved.reservation_id, moved.version) == (held, appointment.version + 1)
    assert figures(authorization) == (0, 4, 16)


def test_moving_to_another_day_takes_the_units_along(admin, appointment, authorization) -> None:
    held = appointment.reservation
    day = timedelta(days=1)
    moved = move(admin, appointment, starts_at=TEN + day, ends_at=TEN + day + 2 * HOUR)
    assert moved.units == 8
    assert figures(authorization) == (0, 8, 12)
    held.refresh_from_db()
    assert held.state == Reservation.State.RELEASED
    kinds = LedgerEntry.objects.order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["grant", "reserve", "release", "reserve"]


def test_a_refused_move_loses_nothing(admin, appointment, authorization) -> None:
    for changes, code in (
        ({"ends_at": TEN + 6 * HOUR}, "not_enough_units"),
        ({"starts_at": TEN + timedelta(days=200)}, "ends_before_start"),
        ({"version": appointment.version + 1}, "stale"),
    ):
        with pytest.raises(DomainError) as refused:
            move(admin, appointment, **changes)
        assert refused.value.code == code
    appointment.refresh_from_db()
    assert (appointment.starts_at, appointment.version) == (TEN, 1)
    assert figures(authorization) == (0, 4, 16)


def test_moving_to_private_pay_and_back(admin, appointment, authorization) -> None:
    moved = move(admin, appointment, authorization=None)
    assert (moved.reservation, figures(authorization)) == (None, (0, 0, 20))
    move(admin, moved, authorization=authorization)
    assert figures(authorization) == (0, 4, 16)


def test_what_has_begun_cannot_be_moved(admin, appointment) -> None:
    Appointment.objects.filter(pk=appointment.pk).update(status=Status.ARRIVED)
    appointment.refresh_from_db()
    with pytest.raises(UnlawfulTransition):
        move(admin, appointment, starts_at=TEN + HOUR, ends_at=TEN + 2 * HOUR)


@pytest.mark.parametrize(
    ("hours_before", "is_late"), [(25, False), (24, False), (23.9, True), (0.1, True)]
)
def test_cancelling_releases_and_is_late_within_the_notice(
    admin, appointment, authorization, time_travel, hours_before, is_late
) -> None:
    time_travel(TEN - timedelta(hours=hours_before))
    cancelled = cancellation.cancel(actor=admin, appointment=appointment, reason="Ill")
    assert (cancelled.status, cancelled.cancelled_late) == (Status.CANCELLED, is_late)
    assert (cancelled.cancelled_by, cancelled.cancel_reason) == ("clinic", "Ill")
    assert figures(authorization) == (0, 0, 20)


def test_cancelling_twice_releases_once(admin, appointment, authorization) -> None:
    cancellation.cancel(actor=admin, appointment=appointment, reason="Ill")
    with pytest.raises(UnlawfulTransition):
        cancellation.cancel(actor=admin, appointment=appointment, reason="Ill")
    assert figures(authorization) == (0, 0, 20)
    assert LedgerEntry.objects.filter(kind="release").count() == 1


def test_a_cancellation_undone_takes_time_and_units_again(
    admin, appointment, authorization
) -> None:
    cancelled = cancellation.cancel(actor=admin, appointment=appointment, reason="Mistake")
    restored = cancellation.restore(actor=admin, appointment=cancelled)
    assert (restored.status, restored.cancelled_by, restored.cancelled_late) == (
        Status.SCHEDULED,
        "",
        None,
    )
    assert figures(authorization) == (0, 4, 16)


def test_a_cancellation_is_not_undone_into_a_conflict(
    admin, appointment, authorization, book, another
) -> None:
    cancelled = cancellation.cancel(actor=admin, appointment=appointment, reason="Mistake")
    book(patient=another["patient"])
    with pytest.raises(NotFree):
        cancellation.restore(actor=admin, appointment=cancelled)
    assert figures(authorization) == (0, 0, 20)


@pytest.fixture
def family(clinic, patient):
    user = factories.UserFactory()
    type(patient).objects.filter(pk=patient.pk).update(user=user)
    return factories.actor(clinic, Role.PATIENT, user=user)


def test_patients_cancel_in_time_only(family, appointment, authorization, time_travel) -> None:
    time_travel(TEN - timedelta(hours=23))
    with pytest.raises(Conflict) as refused:
        cancellation.cancel(actor=family, appointment=appointment)
    assert refused.value.code == "too_late_to_cancel"
    time_travel(TEN - timedelta(hours=25))
    cancelled = cancellation.cancel(actor=family, appointment=appointment)
    assert cancelled.cancelled_by == "patient"
    assert figures(authorization) == (0, 0, 20)


def test_patients_call_where_the_clinic_wants_it(family, appointment, clinic) -> None:
    clinic.patients_may_cancel = False
    clinic.phone = "555-0100"
    with pytest.raises(Conflict) as refused:
        cancellation.cancel(actor=family, appointment=appointment)
    assert refused.value.code == "cancel_by_phone"
    assert "555-0100" in refused.value.message


def test_patients_do_not_reach_others(family, book, another) -> None:
    someone_elses = book(patient=another["patient"])
    with pytest.raises(NotFound):
        cancellation.cancel(actor=family, appointment=someone_elses)
