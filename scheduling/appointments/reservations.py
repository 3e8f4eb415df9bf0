"""The units of an appointment: choosing the authorization, reserving, moving."""

from __future__ import annotations

from accounts.actor import Actor
from accounts.errors import Conflict
from billing.authorizations import selection as authorization_selection
from billing.ledger import services as ledger
from billing.models import Authorization, Reservation
from scheduling.appointments.booking import BEST, Booking
from scheduling.models import Appointment


def resolve_authorization(booking: Booking) -> Authorization | None:
    """The chosen authorization, or the best as things are now; None for private pay.

    None too when BEST was asked for and no authorization fits. The units of an appointment that is
    being moved count as available.
    """
    if booking.authorization != BEST:
        return booking.authorization
    return authorization_selection.best(
        booking.actor,
        patient=booking.patient,
        service_code=booking.service_code,
        day=booking.date_of_service,
        units=booking.units,
        released=booking.released_reservation,
    )


def reserve(
    booking: Booking, authorization: Authorization | None, appointment_id: int
) -> Reservation | None:
    """Reserve the booking's units; without an authorization there is nothing to reserve."""
    if authorization is None:
        return None
    return ledger.reserve(
        actor=booking.actor,
        authorization=authorization,
        patient=booking.patient,
        service_code=booking.service_code,
        units=booking.units,
        date_of_service=booking.date_of_service,
        source=source_of(appointment_id),
    )


def reserve_again(actor: Actor, appointment: Appointment, *, units: int) -> None:
    """Reserve units for an appointment whose reservation has ended. The caller saves it."""
    if appointment.authorization is None:
        return
    appointment.reservation = ledger.reserve(
        actor=actor,
        authorization=appointment.authorization,
        patient=appointment.patient,
        service_code=appointment.service_code,
        units=units,
        date_of_service=actor.organization.local(appointment.starts_at).date(),
        source=source_of(appointment.pk),
    )


def move(
    booking: Booking, appointment: Appointment, authorization: Authorization | None
) -> Reservation | None:
    """Keep the appointment's reservation if it matches, else release it and reserve again."""
    old = appointment.reservation
    if old and authorization and matches(old, booking, authorization):
        return old
    lock_both(appointment.authorization, authorization)
    if old is not None:
        ledger.release(actor=booking.actor, reservation=old, reason="rescheduled")
    return reserve(booking, authorization, appointment.pk)


def source_of(appointment_id: int) -> str:
    """The `source` of an appointment's reservations."""
    return f"appointment:{appointment_id}"


def matches(reservation: Reservation, booking: Booking, authorization: Authorization) -> bool:
    """Whether the reservation is exactly what the booking needs, so that it can stay."""
    return (
        reservation.state,
        reservation.authorization_id,
        reservation.service_code_id,
        reservation.units,
        reservation.date_of_service,
    ) == (
        Reservation.State.ACTIVE,
        authorization.pk,
        booking.service_code.pk,
        booking.units,
        booking.date_of_service,
    )


def lock_both(old: Authorization | None, new: Authorization | None) -> None:
    """Lock two authorizations in the order of their ids, so that two moves cannot deadlock."""
    ids = {authorization.pk for authorization in (old, new) if authorization is not None}
    if len(ids) == 2:
        both = Authorization.objects.filter(pk__in=ids).order_by("pk")
        if len(both.select_for_update(no_key=True)) != 2:
            raise Conflict("The authorization is gone.", field="authorization")
