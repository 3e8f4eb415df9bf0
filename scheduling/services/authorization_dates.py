"""Shortening an authorization, with what is to become of the appointments that fall outside."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from accounts.actor import Actor
from accounts.errors import Conflict, Invalid
from accounts.services import events
from accounts.services.rows import locked
from accounts.services.transaction import write
from billing import access
from billing.models import Authorization, Reservation
from billing.services import authorizations, ledger
from scheduling.models import Appointment, Status
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
    for appointment in _held_outside(authorization, start_date, end_date):
        if draw_on is None:
            _cancel(actor, appointment)
        else:
            _draw_on(actor, appointment, draw_on)
    current = locked(access.authorizations(actor), authorization)
    return authorizations.update(
        actor=actor,
        authorization=current,
        number=current.number,
        service_codes=list(current.service_codes.all()),
        start_date=start_date,
        end_date=end_date,
        cap_per_day=current.cap_per_day,
        cap_per_week=current.cap_per_week,
        cap_per_month=current.cap_per_month,
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


def _held_outside(
    authorization: Authorization, start_date: date, end_date: date
) -> AppointmentQuerySet:
    """Those outside as they are now, all locked before the authorization is.

    What comes to lie outside after this is refused by the authorization itself.
    """
    ids = list(outside(authorization, start_date, end_date).values_list("pk", flat=True))
    rows = Appointment.objects.filter(pk__in=ids).order_by("pk").values_list("pk")
    list(rows.select_for_update(no_key=True))
    held: AppointmentQuerySet = outside(authorization, start_date, end_date).filter(pk__in=ids)
    return held


def _cancel(actor: Actor, appointment: Appointment) -> None:
    if appointment.status == Status.IN_PROGRESS:
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
    held = lock(actor, appointment)
    before = held.authorization_id
    lock_both(held.authorization, authorization)
    if held.reservation is not None:
        ledger.release(actor=actor, reservation=held.reservation, reason=REASON)
    held.authorization = authorization
    reserve_again(actor, held, units=held.units)
    save(held, ["authorization", "reservation"])
    events.record(
        actor=actor,
        action="appointment.authorization_changed",
        obj=held,
        patient=held.patient,
        before=before,
        after=authorization.pk,
    )
