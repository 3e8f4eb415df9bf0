"""The periodic jobs of the unit ledger."""

from __future__ import annotations

import structlog
from django.utils import timezone
from procrastinate.contrib.django import app

from accounts.actor import Actor
from accounts.errors import DomainError
from billing.ledger import services as ledger
from billing.ledger.errors import ReservationEnded
from billing.models import Reservation

log = structlog.get_logger(__name__)


@app.periodic(cron="*/5 * * * *")
@app.task(name="billing.expire_reservations", queueing_lock="billing.expire_reservations")
def expire_reservations(timestamp: int) -> None:
    """Expire the reservations that are due, each in a transaction of its own."""
    overdue = Reservation.objects.active().filter(expires_at__lte=timezone.now())
    of_clinics = overdue.select_related("organization", "authorization__patient")
    expired = 0
    for reservation in of_clinics.order_by("expires_at").iterator():
        actor = Actor.system(reservation.organization, channel="job")
        try:
            ledger.expire(actor=actor, reservation=reservation)
        except ReservationEnded:
            continue  # consumed or released since it was read
        except DomainError as refusal:
            # One failure must not stop the others; the next run tries again.
            log.warning("reservation_not_expired", reservation=reservation.pk, code=refusal.code)
            continue
        expired += 1
    if expired:
        log.info("reservations_expired", count=expired)
