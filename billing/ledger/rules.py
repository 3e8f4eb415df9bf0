"""What stands against taking units from an authorization now, and where too many are taken.

Writes nothing.
"""

from __future__ import annotations

import copy
from datetime import date
from typing import get_args

from django.db import connection
from django.db.models import Sum
from django.db.models.functions import Coalesce, Trunc

from accounts.models import Patient
from billing import errors
from billing.models import Authorization, Reservation, ServiceCode
from billing.units import Period, period_of


def refusal(
    *,
    authorization: Authorization,
    patient: Patient,
    service_code: ServiceCode,
    units: int,
    date_of_service: date,
    freed: Reservation | None = None,
) -> errors.Conflict | None:
    """The first rule that stands against reserving these units now, or None.

    `freed` is a reservation that would be released first, as when an appointment moves.
    """
    if freed is not None and freed.authorization_id != authorization.pk:
        freed = None
    authorization = _without(authorization, freed)
    if authorization.patient_id != patient.pk:
        return errors.WrongPatient.of(authorization)
    if authorization.status != Authorization.Status.ACTIVE:
        return errors.NotActive.of(authorization)
    if not authorization.start_date <= date_of_service <= authorization.end_date:
        return errors.OutsideDates.of(authorization, day=date_of_service)
    if not authorization.covers(service_code):
        return errors.ServiceNotCovered.of(authorization, service=service_code)
    if authorization.available_units < units:
        return errors.NotEnoughUnits.of(authorization, needed=units)
    return cap_reached(authorization, date_of_service, needed=units, freed=freed)


def _without(authorization: Authorization, freed: Reservation | None) -> Authorization:
    """The authorization as it would be with that reservation released; the caller's stays."""
    if freed is None:
        return authorization
    as_freed = copy.copy(authorization)
    as_freed.reserved_units -= freed.units
    return as_freed


def cap_reached(
    authorization: Authorization, day: date, *, needed: int, freed: Reservation | None = None
) -> errors.CapReached | None:
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
        if freed is not None and first <= freed.date_of_service <= last:
            held -= freed.units
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
    """First day of each day, week or month from that of `since` which holds more than its cap.

    With how much it holds. A cap that is lowered takes nothing away that is booked already.
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
