from __future__ import annotations

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app

from accounts.models import (
    ApiAnswer,
    ApiUsage,
    IdempotencyKey,
    WebhookDelivery,
)

KEY_RETENTION = timedelta(days=7)


USAGE_RETENTION = timedelta(days=1)


MAX_ROWS_PER_DELETE = 5000


@app.periodic(cron="17 3 * * *")
@app.task(name="accounts.sweep", queueing_lock="accounts.sweep")
def sweep(timestamp: int) -> None:
    """Delete idempotency keys, answers and usage past their retention, and ended sessions."""
    long_ago = timezone.now() - KEY_RETENTION
    IdempotencyKey.objects.filter(created_at__lt=long_ago).delete()
    ApiAnswer.objects.filter(created_at__lt=timezone.now() - ApiAnswer.RETENTION).delete()
    ApiUsage.objects.filter(minute__lt=timezone.now() - USAGE_RETENTION).delete()
    _sweep_deliveries()
    SessionStore.clear_expired()
    living = Session.objects.values("session_key")
    UserSession.objects.exclude(session_key__in=living).delete()


def _sweep_deliveries() -> None:
    """Delete old deliveries that ended or whose endpoint is deleted, in short transactions."""
    long_ago = timezone.now() - WebhookDelivery.RETENTION
    over = Q(ended_at__lt=long_ago) | Q(ended_at=None, endpoint__deleted_at__isnull=False)
    old = WebhookDelivery.objects.filter(over, created_at__lt=long_ago)
    while ids := list(
        old.order_by("created_at").values_list("pk", flat=True)[:MAX_ROWS_PER_DELETE]
    ):
        WebhookDelivery.objects.filter(pk__in=ids).delete()
