"""What the ledger is compared with: two usual designs, on the product's own tables and triggers.

Neither is used by the product. Both write the balance, the reservation, the entry and the event.
"""

from __future__ import annotations

import time
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from psycopg.errors import DeadlockDetected, SerializationFailure

from accounts.writes import events
from bench.data import Clinic
from bench.figures import Sample
from billing.ledger.errors import NotEnoughUnits
from billing.models import Authorization, LedgerEntry, Reservation

RETRIES = 5
FIRST_PAUSE_SECONDS = 0.1


def orm_reserve(clinic: Clinic, authorization_id: int, source: str) -> Reservation:
    """As the documentation teaches it: lock the row, check, save, create."""
    with transaction.atomic():
        locked = Authorization.objects.select_for_update().get(pk=authorization_id)
        return _reserved(clinic, locked, source)


def orm_release(clinic: Clinic, reservation: Reservation) -> None:
    with transaction.atomic():
        locked = Authorization.objects.select_for_update().get(pk=reservation.authorization_id)
        _released(clinic, locked, reservation)


def serializable_reserve(
    clinic: Clinic, authorization_id: int, source: str, sample: Sample
) -> Reservation:
    """Read, check and write without a lock; retried after 100, 200, 400 … ms on conflicts."""

    def attempt() -> Reservation:
        return _reserved(clinic, Authorization.objects.get(pk=authorization_id), source)

    found: Reservation = _serializable(attempt, sample)
    return found


def serializable_release(clinic: Clinic, reservation: Reservation, sample: Sample) -> None:
    def attempt() -> None:
        found = Authorization.objects.get(pk=reservation.authorization_id)
        _released(clinic, found, reservation)

    _serializable(attempt, sample)


def _serializable(attempt: Any, sample: Sample) -> Any:
    for number in range(RETRIES + 1):
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
                return attempt()
        except OperationalError as error:
            if not isinstance(error.__cause__, (SerializationFailure, DeadlockDetected)):
                raise
            sample.aborts += 1
            if number == RETRIES:
                raise
            sample.retries += 1
            time.sleep(FIRST_PAUSE_SECONDS * 2**number)
    raise AssertionError


def _reserved(clinic: Clinic, authorization: Authorization, source: str) -> Reservation:
    today = clinic.organization.today()
    if authorization.available_units < 1:
        raise NotEnoughUnits.of(authorization, needed=1)
    authorization.reserved_units += 1
    authorization.entry_count += 1
    authorization.save()
    reservation = Reservation.objects.create(
        organization=clinic.organization,
        authorization=authorization,
        service_code=clinic.service,
        units=1,
        date_of_service=today,
        source=source,
    )
    _entered(clinic, authorization, reservation, LedgerEntry.Kind.RESERVE, 1)
    return reservation


def _released(clinic: Clinic, authorization: Authorization, reservation: Reservation) -> None:
    reservation.state = Reservation.State.RELEASED
    reservation.ended_at = timezone.now()
    reservation.save()
    authorization.reserved_units -= 1
    authorization.entry_count += 1
    authorization.save()
    _entered(clinic, authorization, reservation, LedgerEntry.Kind.RELEASE, -1)


def _entered(
    clinic: Clinic,
    authorization: Authorization,
    reservation: Reservation,
    kind: LedgerEntry.Kind,
    held: int,
) -> None:
    entry = LedgerEntry.objects.create(
        organization=clinic.organization,
        authorization=authorization,
        number=authorization.entry_count,
        kind=kind,
        units=1,
        reserved_delta=held,
        total_after=authorization.total_units,
        used_after=authorization.used_units,
        reserved_after=authorization.reserved_units,
        reservation=reservation,
        date_of_service=reservation.date_of_service,
        source=reservation.source,
    )
    events.record(
        actor=clinic.api_actor,
        action=f"unit.{kind}d",
        obj=authorization,
        patient=authorization.patient,
        entry=entry.number,
        available=entry.available_after,
        units=1,
    )
