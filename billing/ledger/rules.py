"""What must hold to reserve units of an authorization, and where a cap is exceeded already.

Reads only.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import get_args

from django.db import connection
from django.db.models import Sum
from django.db.models.functions import Coalesce, Trunc

from accounts.models import Patient
from billing.ledger import errors
from billing.models import Authorization, Reservation, ServiceCode
from billing.units import Period, period_of


@dataclass(frozen=True, kw_only=True)
class ReservationRequest:
    """Units wanted from an authorization for a date of service.

    `released` is a reservation that the same write releases first, as when an appointment moves.
    """

    authorization: Authorization
    patient: Patient
    service_code: ServiceCode
    units: int
    date_of_service: date
    released: Reservation | None = None

    @property
    def own_released(self) -> Reservation | None:
        """`released`, if that is a reservation of this authorization."""
        released = self.released
        is_own = released is not None and released.authorization_id == self.authorization.pk
        return released if is_own else None

    @property
    def authorization_after_release(self) -> Authorization:
        """A copy with the released units available again; the caller's object is not changed."""
        released = self.own_released
        if released is None:
            return self.authorization
        changed = copy.copy(self.authorization)
        changed.reserved_units -= released.units
        return changed


Rule = Callable[[ReservationRequest], Iterator[errors.Conflict]]


def belongs_to_patient(request: ReservationRequest) -> Iterator[errors.Conflict]:
    if request.authorization.patient_id != request.patient.pk:
        yield errors.WrongPatient.of(request.authorization)


def is_active(request: ReservationRequest) -> Iterator[errors.Conflict]:
    if request.authorization.status != Authorization.Status.ACTIVE:
        yield errors.NotActive.of(request.authorization)


def date_is_within(request: ReservationRequest) -> Iterator[errors.Conflict]:
    authorization, day = request.authorization, request.date_of_service
    if not authorization.start_date <= day <= authorization.end_date:
        yield errors.OutsideDates.of(authorization, day=day)


def service_is_covered(request: ReservationRequest) -> Iterator[errors.Conflict]:
    if not request.authorization.covers(request.service_code):
        yield errors.ServiceNotCovered.of(request.authorization, service=request.service_code)


def units_are_available(request: ReservationRequest) -> Iterator[errors.Conflict]:
    authorization = request.authorization_after_release
    if authorization.available_units < request.units:
        yield errors.NotEnoughUnits.of(authorization, needed=request.units)


def caps_are_kept(request: ReservationRequest) -> Iterator[errors.Conflict]:
    problem = cap_reached(
        request.authorization,
        request.date_of_service,
        needed=request.units,
        released=request.own_released,
    )
    if problem is not None:
        yield problem


# What must hold to reserve units, in the order in which it is reported. The condition of
# `movements.RESERVE` repeats these, except the caps, which a trigger repeats.
RULES: tuple[Rule, ...] = (
    belongs_to_patient,
    is_active,
    date_is_within,
    service_is_covered,
    units_are_available,
    caps_are_kept,
)


def problems(request: ReservationRequest) -> Iterator[errors.Conflict]:
    """Every problem with reserving these units now; the rules run as the caller iterates."""
    for rule in RULES:
        yield from rule(request)


def refusal(request: ReservationRequest) -> errors.Conflict | None:
    """The first problem, which is the error that `ledger.reserve` would raise, or None."""
    return next(problems(request), None)


def require(request: ReservationRequest) -> None:
    """Raises the first problem."""
    if problem := refusal(request):
        raise problem


def cap_reached(
    authorization: Authorization, day: date, *, needed: int, released: Reservation | None = None
) -> errors.CapReached | None:
    """The first cap (day, week, month of `day`) that `needed` more units would exceed, or None.

    The units of `released`, a reservation of this authorization, do not count.
    """
    caps = {
        "day": authorization.cap_per_day,
        "week": authorization.cap_per_week,
        "month": authorization.cap_per_month,
    }
    for period in get_args(Period):
        cap = caps[period]
        if cap is None:
            continue
        held = units_held(authorization, day, period)
        first, last = period_of(day, period)
        if released is not None and first <= released.date_of_service <= last:
            held -= released.units
        if held + needed > cap:
            return errors.CapReached.of(
                authorization,
                period=period,
                cap=cap,
                held=held,
                needed=needed,
                until=last,
            )
    return None


def units_held(authorization: Authorization, day: date, period: Period) -> int:
    """Units reserved or consumed in the day, ISO week or month that `day` lies in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT billing_units_held(%s, %s, %s)", [authorization.pk, day, period])
        return int(cursor.fetchone()[0])


def over_cap(authorization: Authorization, period: Period, *, since: date) -> dict[date, int]:
    """The days, weeks or months that exceed the authorization's cap, from that of `since` on.

    Maps the first day of each to its units, reserved or consumed. There are some after a cap is
    lowered, which releases nothing.
    """
    first, _ = period_of(since, period)
    counted = Reservation.objects.counted().filter(authorization=authorization)
    held = (
        counted.filter(date_of_service__gte=first)
        .values(begins=Trunc("date_of_service", period))
        .annotate(held=Sum(Coalesce("consumed_units", "units")))
        .filter(held__gt=getattr(authorization, f"cap_per_{period}"))
        .order_by("begins")
    )
    return dict(held.values_list("begins", "held"))
