"""Changes the dates of an authorization and settles the appointments that fall outside them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q, Sum

from accounts.actor import Actor
from accounts.errors import Conflict, Invalid
from accounts.models import Organization
from accounts.writes import events
from accounts.writes.transaction import write
from billing.authorizations import services as authorizations
from billing.ledger import services as ledger
from billing.models import Authorization, Reservation
from scheduling.appointments.cancellation import cancel, late_before
from scheduling.appointments.reservations import lock_both, reserve_again
from scheduling.appointments.services import lock, save
from scheduling.models import Appointment, Status
from scheduling.models.appointment import AppointmentQuerySet

REASON = "The authorization's dates were changed"
MAX_APPOINTMENTS_LISTED = 25


@dataclass(frozen=True)
class Outside:
    """The appointments with units reserved outside the new dates.

    `late` counts those that are late to cancel by now, `digest` identifies all the reservations,
    and `first` are the first few.
    """

    count: int
    units: int
    late: int
    digest: str
    first: list[Appointment]

    @property
    def more(self) -> int:
        return self.count - len(self.first)


@write("authorization.shorten")
def change(
    *,
    actor: Actor,
    authorization: Authorization,
    start_date: date,
    end_date: date,
    expected_digest: str,
    target_authorization: Authorization | None = None,
) -> Authorization:
    """Give the authorization these dates, both inclusive, all or nothing.

    Appointments with units reserved outside them are cancelled, or their units are reserved on
    `target_authorization` instead. `expected_digest` is `Outside.digest` of those that the actor
    saw. Raises Invalid for dates in the wrong order, Conflict `other_appointments` when there are
    others by now, `session_in_progress` for one that is running, and the refusals of
    `ledger.reserve`.
    """
    if end_date < start_date:
        raise Invalid("The end date is before the start date.", field="end_date")
    appointments = _lock_outside(authorization, start_date, end_date)
    if _totals(actor.organization, appointments)["digest"] != expected_digest:
        raise Conflict(
            "The appointments outside these dates are no longer those that you were shown. Nothing "
            "was changed. Check the list, then send it again.",
            code="other_appointments",
        )
    for appointment in appointments:
        if target_authorization is None:
            _cancel(actor, appointment)
        else:
            _change_authorization(actor, appointment, target_authorization)
    return authorizations.update(
        actor=actor, authorization=authorization, start_date=start_date, end_date=end_date
    )


def outside(authorization: Authorization, start_date: date, end_date: date) -> Outside:
    """The appointments whose units `change` to these dates would release, as things are."""
    appointments = _outside(authorization, start_date, end_date)
    return Outside(
        **_totals(authorization.organization, appointments),
        first=list(appointments[:MAX_APPOINTMENTS_LISTED]),
    )


def _totals(organization: Organization, appointments: AppointmentQuerySet) -> dict[str, Any]:
    """Count, units, late cancellations and digest of all appointments, in one statement."""
    totals: dict[str, Any] = appointments.order_by().aggregate(
        count=Count("pk"),
        units=Sum("reservation__units", default=0),
        late=Count("pk", filter=Q(starts_at__lt=late_before(organization))),
        reservations=ArrayAgg("reservation", order_by="reservation", default=[]),
    )
    reservations = ",".join(map(str, totals.pop("reservations")))
    return {**totals, "digest": hashlib.sha256(reservations.encode()).hexdigest()}


def _outside(authorization: Authorization, start_date: date, end_date: date) -> AppointmentQuerySet:
    found: AppointmentQuerySet = Appointment.objects.of(authorization.organization).filter(
        Q(reservation__date_of_service__lt=start_date)
        | Q(reservation__date_of_service__gt=end_date),
        reservation__state=Reservation.State.ACTIVE,
        authorization=authorization,
    )
    return found.with_people().select_related("reservation").order_by("starts_at", "id")


def _lock_outside(
    authorization: Authorization, start_date: date, end_date: date
) -> AppointmentQuerySet:
    """The appointments outside as they are now, all locked before the authorization is.

    If another one is booked outside after this, `authorizations.update` refuses the dates.
    """
    ids = list(_outside(authorization, start_date, end_date).values_list("pk", flat=True))
    rows = Appointment.objects.filter(pk__in=ids).order_by("pk").values_list("pk")
    list(rows.select_for_update(no_key=True))
    locked: AppointmentQuerySet = _outside(authorization, start_date, end_date).filter(pk__in=ids)
    return locked


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


def _change_authorization(
    actor: Actor, appointment: Appointment, authorization: Authorization
) -> None:
    locked = lock(actor, appointment)
    before = locked.authorization_id
    lock_both(locked.authorization, authorization)
    units = locked.reservation_units
    if locked.reservation is not None:
        ledger.release(actor=actor, reservation=locked.reservation, reason=REASON)
    locked.authorization = authorization
    reserve_again(actor, locked, units=units)
    save(locked, ["authorization", "reservation"])
    events.record(
        actor=actor,
        action="appointment.authorization_changed",
        obj=locked,
        patient=locked.patient,
        before=before,
        after=authorization.pk,
    )
