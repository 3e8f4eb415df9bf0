"""What the worker does: mail, after the change it tells of was committed, and sweeping up."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.mail import EmailMessage
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from accounts.models import (
    ApiAnswer,
    ApiUsage,
    BreakGlass,
    IdempotencyKey,
    Invitation,
    Organization,
    User,
    WebhookDelivery,
    WebhookEndpoint,
)
from accounts.roles import Role

KEYS_KEPT = timedelta(days=7)
USAGE_KEPT = timedelta(days=1)
DELIVERIES_KEPT = timedelta(days=30)
SWEPT_AT_ONCE = 5000
# Some seconds, then some minutes: as long as a mail server takes to come back.
RETRY = RetryStrategy(max_attempts=8, exponential_wait=2)


@app.task(name="accounts.send_mail", queue="mail", retry=RETRY)
def send_mail(*, to: list[str], subject: str, body: str) -> None:
    EmailMessage(subject, body, to=to).send()


@app.task(name="accounts.send_invitation", queue="mail", retry=RETRY)
def send_invitation(*, invitation_id: int) -> None:
    """The token is made here, so that only the mail ever holds it."""
    pending = Invitation.objects.open().filter(pk=invitation_id)
    invitation = pending.select_related("organization", "invited_by").first()
    if invitation is None:
        return
    token = secrets.token_urlsafe(32)
    pending.update(token_hash=Invitation.hash_of(token))
    _send(
        "invitation",
        to=[invitation.email],
        invitation=invitation,
        link=_address("accounts:invitation", token=token),
    )


@app.task(name="accounts.tell_of_broken_glass", queue="mail", retry=RETRY)
def tell_of_broken_glass(*, glass_id: int) -> None:
    """Names neither patient nor reason: mail is read by others on its way."""
    glass = BreakGlass.objects.select_related("organization", "user").get(pk=glass_id)
    link = _address("accounts:audit", glass.organization.slug) + "?action=glass.broken"
    for address in _administrators(glass.organization):
        _send("broken_glass", to=[address], glass=glass, link=link)


@app.task(name="accounts.tell_of_new_administrator", queue="mail", retry=RETRY)
def tell_of_new_administrator(*, organization_id: int, by_id: int, email: str) -> None:
    """That a super-administrator made or invited one, who reads every record from then on."""
    clinic, by = Organization.objects.get(pk=organization_id), User.objects.get(pk=by_id)
    link = _address("accounts:members", clinic.slug)
    for address in _administrators(clinic):
        _send("new_administrator", to=[address], organization=clinic, by=by, email=email, link=link)


@app.task(name="accounts.tell_of_disabled_webhook", queue="mail", retry=RETRY)
def tell_of_disabled_webhook(*, endpoint_id: int) -> None:
    endpoint = WebhookEndpoint.objects.select_related("organization").get(pk=endpoint_id)
    if endpoint.is_active:
        return
    link = _address("accounts:webhook", endpoint.organization.slug, endpoint.pk)
    for address in _administrators(endpoint.organization):
        _send("webhook_disabled", to=[address], endpoint=endpoint, link=link)


@app.periodic(cron="17 3 * * *")
@app.task(name="accounts.sweep", queueing_lock="accounts.sweep")
def sweep(timestamp: int) -> None:
    """Let go of what nobody can use any more: what was kept for a while, sessions that are over."""
    long_ago = timezone.now() - KEYS_KEPT
    IdempotencyKey.objects.filter(created_at__lt=long_ago).delete()
    ApiAnswer.objects.filter(created_at__lt=timezone.now() - ApiAnswer.KEPT).delete()
    ApiUsage.objects.filter(minute__lt=timezone.now() - USAGE_KEPT).delete()
    _sweep_deliveries()
    SessionStore.clear_expired()
    living = Session.objects.values("session_key")
    UserSession.objects.exclude(session_key__in=living).delete()


def _sweep_deliveries() -> None:
    """What ended, and what nobody will send any more; in pieces, so that no transaction is long."""
    long_ago = timezone.now() - DELIVERIES_KEPT
    over = Q(ended_at__lt=long_ago) | Q(ended_at=None, endpoint__deleted_at__isnull=False)
    old = WebhookDelivery.objects.filter(over, created_at__lt=long_ago)
    while ids := list(old.order_by("created_at").values_list("pk", flat=True)[:SWEPT_AT_ONCE]):
        WebhookDelivery.objects.filter(pk__in=ids).delete()


def _administrators(clinic: Organization) -> list[str]:
    found = User.objects.filter(
        is_active=True,
        memberships__organization=clinic,
        memberships__role=Role.ADMIN,
        memberships__is_active=True,
    )
    return list(found.values_list("email", flat=True))


def _send(template: str, *, to: list[str], **context: Any) -> None:
    subject = render_to_string(f"accounts/mail/{template}_subject.txt", context)
    body = render_to_string(f"accounts/mail/{template}_message.txt", context)
    EmailMessage(" ".join(subject.split()), body, to=to).send()


def _address(name: str, *args: Any, **kwargs: Any) -> str:
    return settings.SITE_URL + reverse(name, args=args or None, kwargs=kwargs or None)
