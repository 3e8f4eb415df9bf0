"""The units of an appointment: which authorization they come from, held, held anew, moved along."""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

from accounts.actor import Actor
from accounts.errors import Conflict
from billing.authorizations import selection as authorization_selection
from billing.ledger import services as ledger
from billing.models import Authorization, Reservation, ServiceCode
from scheduling.appointments.conflicts import Slot
from scheduling.models import Appointment

# Sent again, a booking that leaves the choice open is still the same booking: the choice is made
# inside the write, and is no argument of it.
BEST: Final = "best"
AuthorizationChoice = Authorization | Literal["best"] | None


def resolve_authorization(
    actor: Actor,
    slot: Slot,
    wanted: AuthorizationChoice,
    units: int,
    *,
    beside: Appointment | None = None,
) -> Authorization | None:
    """The authorization meant by `wanted`; None when the best is none, as for private pay.

    `beside` is an appointment that is being moved: its own units count as free.
    """
    if wanted != BEST:
        return wanted
    return authorization_selection.best(
        actor,
        patient=slot.patient,
        service_code=slot.service_code,
        day=actor.organization.local(slot.starts_at).date(),
        units=units,
        freed=released_reservation(beside),
    )


def released_reservation(moved: Appointment | None) -> Reservation | None:
    """What moving this appointment gives back before it takes anew."""
    held = moved.reservation if moved else None
    return held if held and held.state == Reservation.State.ACTIVE else None


def reserve(
    actor: Actor, slot: Slot, authorization: Authorization, units: int, appointment_id: int
) -> Reservation:
    return ledger.reserve(
        actor=actor,
        authorization=authorization,
        patient=slot.patient,
        service_code=slot.service_code,
        units=units,
        date_of_service=actor.organization.local(slot.starts_at).date(),
        source=source_of(appointment_id),
    )


def reserve_again(actor: Actor, appointment: Appointment, *, units: int) -> None:
    """Take units anew for an appointment whose reservation has ended. The caller saves it."""
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
    actor: Actor,
    appointment: Appointment,
    slot: Slot,
    authorization: Authorization | None,
    units: int,
) -> Reservation | None:
    """Keep the reservation if it still says the same, else give it back and take a new one."""
    old = appointment.reservation
    day = actor.organization.local(slot.starts_at).date()
    if old and authorization and says(old, authorization, slot.service_code, units, day):
        return old
    lock_both(appointment.authorization, authorization)
    if old is not None:
        ledger.release(actor=actor, reservation=old, reason="rescheduled")
    if authorization is None:
        return None
    return reserve(actor, slot, authorization, units, appointment.pk)


def source_of(appointment_id: int) -> str:
    """How billing's reservations name their appointment."""
    return f"appointment:{appointment_id}"


def says(
    reservation: Reservation,
    authorization: Authorization,
    service_code: ServiceCode,
    units: int,
    day: date,
) -> bool:
    """Whether the reservation still holds just what is wanted, so that it can stay."""
    return (
        reservation.state,
        reservation.authorization_id,
        reservation.service_code_id,
        reservation.units,
        reservation.date_of_service,
    ) == (Reservation.State.ACTIVE, authorization.pk, service_code.pk, units, day)


def lock_both(old: Authorization | None, new: Authorization | None) -> None:
    """Two authorizations are locked in the order of their ids, so that no two moves can meet."""
    ids = {authorization.pk for authorization in (old, new) if authorization is not None}
    if len(ids) == 2:
        both = Authorization.objects.filter(pk__in=ids).order_by("pk")
        if len(both.select_for_update(no_key=True)) != 2:
            raise Conflict("The authorization is gone.", field="authorization")
