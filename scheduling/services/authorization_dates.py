"""Shortening an authorization, with what is to become of the appointments that fall outside."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from accounts.actor import Actor
from accounts.errors import Conflict, Invalid
from accounts.services import events
from accounts.services.transaction import write
from billing.models import Authorization, Reservation
from billing.services import authorizations, ledger
from scheduling.models import Appointment
from scheduling.models.appointment import AppointmentQuerySet
from scheduling.services.appointments import lock, save
from scheduling.services.cancellation import cancel
from scheduling.services.reservations import lock_both, reserve_again

REASON = "The authorization's dates were changed"


@write("authorization.shorten")
def change(
    *,
    actor: Actor,
    authorization: Authorization,
    start_date: date,
    end_date: date,
    draw_on: Authorization | None = None,
) -> Authorization:
    """Give the authorization these dates, both inclusive, all or nothing.

    Appointments that hold its units outside them are cancelled, or take their units from `draw_on`.
    Raises Invalid for dates in the wrong order, Conflict `session_in_progress` for one that is
    running, and the refusals of `ledger.reserve`.
    """
    if end_date < start_date:
        raise Invalid("The end date lies before the start date.", field="end_date")
    for appointment in outside(authorization, start_date, end_date).order_by("pk"):
        if draw_on is None:
            _cancel(actor, appointment)
        else:
            _draw_on(actor, appointment, draw_on)
    return authorizations.update(
        actor=actor,
        authorization=authorization,
        number=authorization.number,
        service_codes=list(authorization.service_codes.all()),
        start_date=start_date,
        end_date=end_date,
        cap_per_day=authorization.cap_per_day,
        cap_per_week=authorization.cap_per_week,
        cap_per_month=authorization.cap_per_month,
    )


def outside(authorization: Authorization, start_date: date, end_date: date) -> AppointmentQuerySet:
    """The appointments that hold the authorization's units outside these dates."""
    held: AppointmentQuerySet = Appointment.objects.of(authorization.organization).filter(
        Q(reservation__date_of_service__lt=start_date)
        | Q(reservation__date_of_service__gt=end_date),
        reservation__state=Reservation.State.ACTIVE,
        authorization=authorization,
    )
    return held.with_people().order_by("starts_at", "id")


def _cancel(actor: Actor, appointment: Appointment) -> None:
    if appointment.status == "in_progress":
        raise Conflict(
            f"The session of {appointment.patient.called_name} is in progress. Complete it first.",
            code="session_in_progress",
        )
    cancel(
        actor=actor,
        appointment=appointment,
        reason=REASON,
        cancelled_by=Appointment.CancelledBy.PAYER,
    )


def _draw_on(actor: Actor, appointment: Appointment, authorization: Authorization) -> None:
    locked = lock(actor, appointment)
    before = locked.authorization_id
    lock_both(locked.authorization, authorization)
    if locked.reservation is not None:
        ledger.release(actor=actor, reservation=locked.reservation, reason=REASON)
    locked.authorization = authorization
    reserve_again(actor, locked, units=locked.units)
    save(locked, ["authorization", "reservation"])
    events.record(
        actor=actor,
        action="appointment.authorization_changed",
        obj=locked,
        patient=locked.patient,
        before=before,
        after=authorization.pk,
    )
