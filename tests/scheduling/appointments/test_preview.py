"""What the preview says is what booking and moving then do."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.errors import DomainError
from accounts.roles import Role
from billing.ledger import services as ledger
from billing.models import LedgerEntry
from scheduling.appointments import cancellation
from scheduling.appointments import services as appointments
from scheduling.appointments.booking import BEST
from scheduling.appointments.preview import preview
from scheduling.models import Appointment
from tests import factories
from tests.scheduling.conftest import NOW

TOMORROW = NOW + timedelta(days=1)


def wanted(patient, practitioner, service, authorization, *, minutes=60, start=TOMORROW, **changes):
    return {
        "patient": patient,
        "practitioner": practitioner,
        "service_code": service,
        "authorization": authorization,
        "starts_at": start,
        "ends_at": start + timedelta(minutes=minutes),
        **changes,
    }


@pytest.fixture
def booking(patient, practitioner, service, authorization):
    return wanted(patient, practitioner, service, authorization)


def codes(seen) -> set[str]:
    return {problem.code for problem in [*seen.problems, *seen.conflicts]}


def test_problems_come_in_the_order_in_which_booking_meets_them(admin, booking) -> None:
    people_and_service = [booking[name] for name in ("service_code", "patient", "practitioner")]
    for one in people_and_service:
        type(one).objects.filter(pk=one.pk).update(is_active=False)
        one.refresh_from_db()
    booking["ends_at"] = booking["starts_at"] + timedelta(minutes=5)
    met = []
    while problems := preview(actor=admin, **booking).problems:
        with pytest.raises(DomainError) as refused:
            appointments.book(actor=admin, **booking)
        assert refused.value.code == problems[0].code
        met.append(refused.value.code)
        if met[-1] == "too_short":
            booking["ends_at"] += timedelta(hours=1)
        else:
            mended = booking[met[-1].removesuffix("_inactive")]
            type(mended).objects.filter(pk=mended.pk).update(is_active=True)
            mended.refresh_from_db()
    assert met == [
        "too_short",
        "service_code_inactive",
        "patient_inactive",
        "practitioner_inactive",
    ]


def test_a_move_preview_lists_all_problems(admin, clinic, appointment) -> None:
    cancelled = cancellation.cancel(actor=admin, appointment=appointment)
    cancelled.patient.is_active = False
    cancelled.patient.save(update_fields=["is_active"])
    move = moved_to(cancelled, cancelled.starts_at, None, minutes=5)
    move["service_code"] = factories.ServiceCodeFactory(organization=clinic, is_active=False)
    seen = preview(actor=admin, patient=cancelled.patient, moving=cancelled, **move)
    assert [problem.code for problem in seen.problems] == [
        "too_short",
        "service_code_inactive",
        "unlawful_transition",
        "patient_inactive",
    ]
    with pytest.raises(DomainError) as refused:
        appointments.reschedule(actor=admin, appointment=cancelled, location=None, **move)
    assert refused.value.code == "too_short"


def test_shows_the_balance_that_booking_leaves(admin, booking, authorization) -> None:
    seen = preview(actor=admin, **booking)
    assert (seen.units, seen.available, seen.available_after, seen.fits) == (4, 20, 16, True)
    appointments.book(actor=admin, **booking)
    authorization.refresh_from_db()
    assert authorization.available_units == seen.available_after


def test_writes_nothing(admin, booking, authorization) -> None:
    preview(actor=admin, **booking)
    authorization.refresh_from_db()
    assert authorization.reserved_units == 0
    assert not Appointment.objects.exists()
    assert not LedgerEntry.objects.exclude(kind="grant").exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"minutes": 0}, "ends_before_start"),
        ({"minutes": -60}, "ends_before_start"),
        ({"minutes": 25 * 60}, "too_long"),
        ({"minutes": 5}, "too_short"),
        ({"minutes": 6 * 60}, "not_enough_units"),
        ({"start": NOW - timedelta(days=1)}, "in_the_past"),
        ({"start": NOW + timedelta(days=800)}, "too_far_ahead"),
        ({"start": NOW + timedelta(days=120)}, "outside_dates"),
    ],
)
def test_refuses_as_booking_does(
    admin, patient, practitioner, service, authorization, changes, code
) -> None:
    booking = wanted(patient, practitioner, service, authorization, **changes)
    assert code in codes(preview(actor=admin, **booking))
    with pytest.raises(DomainError) as refused:
        appointments.book(actor=admin, **booking)
    assert refused.value.code == code
    assert not Appointment.objects.exists()


def test_refuses_another_service_another_patient_and_somebody_inactive(
    admin, clinic, booking, patient
) -> None:
    others = {
        "service_not_covered": {"service_code": factories.ServiceCodeFactory(organization=clinic)},
        "wrong_patient": {"patient": factories.PatientFactory(organization=clinic)},
        "practitioner_inactive": {
            "practitioner": factories.PractitionerFactory(organization=clinic, is_active=False)
        },
    }
    for code, change in others.items():
        assert codes(preview(actor=admin, **{**booking, **change})) == {code}
        with pytest.raises(DomainError) as refused:
            appointments.book(actor=admin, **{**booking, **change})
        assert refused.value.code == code


def test_refuses_a_colleagues_calendar(clinic, booking, patient) -> None:
    actor = factories.actor(clinic, Role.PRACTITIONER)
    factories.CareTeamMemberFactory(
        organization=clinic, patient=patient, practitioner_id=actor.practitioner_id
    )
    assert codes(preview(actor=actor, **booking)) == {"not_own_calendar"}


def test_lists_the_conflicts(admin, booking, appointment) -> None:
    over = {**booking, "starts_at": appointment.starts_at, "ends_at": appointment.ends_at}
    seen = preview(actor=admin, **over)
    assert codes(seen) == {"practitioner_not_free", "patient_not_free"}
    assert not seen.problems
    assert not seen.fits


def moved_to(appointment, start, authorization, *, minutes=60):
    return {
        "starts_at": start,
        "ends_at": start + timedelta(minutes=minutes),
        "practitioner": appointment.practitioner,
        "service_code": appointment.service_code,
        "authorization": authorization,
        "room": None,
    }


def test_moving_counts_its_own_units_once(admin, appointment, authorization) -> None:
    move = moved_to(appointment, appointment.starts_at + timedelta(days=1), authorization)
    move["ends_at"] += timedelta(hours=4)
    seen = preview(actor=admin, patient=appointment.patient, moving=appointment, **move)
    assert (seen.units, seen.available, seen.available_after, seen.fits) == (20, 20, 0, True)
    appointments.reschedule(actor=admin, appointment=appointment, location=None, **move)
    authorization.refresh_from_db()
    assert (authorization.reserved_units, authorization.available_units) == (20, 0)


def test_best_counts_the_moved_reservation_as_available(
    admin, clinic, service, appointment, authorization
) -> None:
    """Full, but in part with this appointment's own units: it does not drift to the secondary."""
    secondary = factories.AuthorizationFactory(
        organization=clinic,
        patient=appointment.patient,
        policy=factories.InsurancePolicyFactory(
            organization=clinic, patient=appointment.patient, priority=2
        ),
        service_codes=[service],
    )
    ledger.adjust(actor=admin, authorization=authorization, units=-14, reason="The letter says 6")
    other_day = appointment.starts_at + timedelta(days=1)
    fits = moved_to(appointment, other_day, BEST, minutes=90)
    longer = moved_to(appointment, other_day, BEST, minutes=105)
    for move, drawn in ((longer, secondary), (fits, authorization)):
        seen = preview(actor=admin, patient=appointment.patient, moving=appointment, **move)
        assert (seen.authorization, seen.fits) == (drawn, True)
    moved = appointments.reschedule(actor=admin, appointment=appointment, location=None, **fits)
    assert (moved.authorization, moved.units) == (authorization, 6)


@pytest.mark.parametrize("cap", ["cap_per_day", "cap_per_week", "cap_per_month"])
def test_moving_within_a_full_cap(admin, appointment, authorization, cap) -> None:
    setattr(authorization, cap, 4)
    authorization.save(update_fields=[cap])
    move = moved_to(appointment, appointment.starts_at + timedelta(hours=2), authorization)
    assert preview(actor=admin, patient=appointment.patient, moving=appointment, **move).fits
    longer = moved_to(appointment, appointment.starts_at, authorization, minutes=75)
    seen = preview(actor=admin, patient=appointment.patient, moving=appointment, **longer)
    assert codes(seen) == {"cap_reached"}
    assert seen.problems[0].data["held"] == 0
    with pytest.raises(DomainError) as refused:
        appointments.reschedule(actor=admin, appointment=appointment, location=None, **longer)
    assert (refused.value.code, refused.value.data["held"]) == ("cap_reached", 0)


def test_a_weeks_cap_lets_another_day_of_that_week(admin, appointment, authorization) -> None:
    authorization.cap_per_week = 4
    authorization.save(update_fields=["cap_per_week"])
    friday = moved_to(appointment, appointment.starts_at + timedelta(days=1), authorization)
    assert preview(actor=admin, patient=appointment.patient, moving=appointment, **friday).fits
    appointments.reschedule(actor=admin, appointment=appointment, location=None, **friday)


def test_what_stays_as_it_is_asks_the_authorization_nothing(
    admin, appointment, authorization
) -> None:
    """Reserved units may be used although the authorization is cancelled for new ones."""
    type(authorization).objects.filter(pk=authorization.pk).update(status="pending")
    authorization.refresh_from_db()
    later = moved_to(appointment, appointment.starts_at + timedelta(hours=2), authorization)
    assert preview(actor=admin, patient=appointment.patient, moving=appointment, **later).fits
    appointments.reschedule(actor=admin, appointment=appointment, location=None, **later)
