"""What is undone: a cancellation takes what is free now, whatever was agreed once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.models import Event
from accounts.roles import Role
from billing.ledger import services as ledger
from billing.ledger.errors import ReservationEnded
from billing.models import LedgerEntry
from billing.service_codes import services as service_codes
from scheduling.appointments import arrival, cancellation
from scheduling.appointments import services as appointments
from scheduling.appointments.errors import NotFree, UnlawfulTransition
from scheduling.models import Appointment, Status
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def booked_over(admin, appointment) -> Appointment:
    """Booked over `appointment`, with a reason."""
    return appointments.book(
        actor=admin,
        patient=factories.PatientFactory(organization=admin.organization),
        practitioner=appointment.practitioner,
        service_code=appointment.service_code,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        override_reason="Sibling joins",
    )


@pytest.fixture
def over(admin, booked_over) -> Appointment:
    """Cancelled since."""
    return cancellation.cancel(actor=admin, appointment=booked_over)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.PRACTITIONER])
def test_an_old_reason_does_not_book_over_what_is_there(clinic, over, role) -> None:
    actor = replace(factories.actor(clinic, role), practitioner_id=over.practitioner_id)
    with pytest.raises(NotFree) as refused:
        cancellation.restore(actor=actor, appointment=over)
    assert refused.value.code == "practitioner_not_free"


def test_where_nothing_is_in_the_way_any_more_it_is_as_any_other(admin, appointment, over) -> None:
    cancellation.cancel(actor=admin, appointment=appointment)
    restored = cancellation.restore(actor=admin, appointment=over)
    restored.refresh_from_db()
    assert (restored.status, restored.override_reason) == (Status.SCHEDULED, "")


def test_it_shares_its_time_as_its_service_allows_now(admin, appointment, service) -> None:
    """A service that became one for groups: the one that was booked before joins the group."""
    cancellation.cancel(actor=admin, appointment=appointment)
    service_codes.update(actor=admin, service_code=service, allows_group=True)
    service.refresh_from_db()
    appointments.book(
        actor=admin,
        patient=factories.PatientFactory(organization=admin.organization),
        practitioner=appointment.practitioner,
        service_code=service,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
    )
    restored = cancellation.restore(actor=admin, appointment=appointment)
    restored.refresh_from_db()
    assert (restored.status, restored.allows_group) == (Status.SCHEDULED, True)


def test_a_check_in_is_undone_and_moves_no_units(admin, appointment, time_travel) -> None:
    time_travel(appointment.starts_at)
    with pytest.raises(UnlawfulTransition):
        cancellation.restore(actor=admin, appointment=appointment)
    arrival.check_in(actor=admin, appointment=appointment)
    restored = cancellation.restore(actor=admin, appointment=appointment)
    restored.refresh_from_db()
    assert (restored.status, restored.reservation) == (Status.SCHEDULED, appointment.reservation)
    kinds = LedgerEntry.objects.order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["grant", "reserve"]
    told = Event.objects.get(action="appointment.restored")
    assert told.details == {"before": "arrived"}
    arrival.check_in(actor=admin, appointment=restored)


def test_undoing_a_check_in_keeps_an_overridden_conflict(admin, booked_over, time_travel) -> None:
    """Its time stayed occupied meanwhile; the override reason stays."""
    time_travel(booked_over.starts_at)
    arrival.check_in(actor=admin, appointment=booked_over)
    restored = cancellation.restore(actor=admin, appointment=booked_over)
    assert (restored.status, restored.override_reason) == (Status.SCHEDULED, "Sibling joins")


def test_moving_with_an_ended_reservation_is_refused(admin, appointment) -> None:
    ledger.release(actor=admin, reservation=appointment.reservation)
    later = timedelta(hours=1)
    with pytest.raises(ReservationEnded):
        appointments.reschedule(
            actor=admin,
            appointment=appointment,
            practitioner=appointment.practitioner,
            service_code=appointment.service_code,
            authorization=appointment.authorization,
            location=None,
            room=None,
            starts_at=appointment.starts_at + later,
            ends_at=appointment.ends_at + later,
        )
