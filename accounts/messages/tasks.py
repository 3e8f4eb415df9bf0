from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from accounts.models import (
    BreakGlass,
    Invitation,
    Organization,
    User,
    WebhookEndpoint,
)
from accounts.roles import Role

# Pauses from seconds to minutes, which covers a restart of the mail server.
RETRY = RetryStrategy(max_attempts=8, exponential_wait=2)


@app.task(name="accounts.send_mail", queue="mail", retry=RETRY)
def send_mail(*, to: list[str], subject: str, body: str) -> None:
    EmailMessage(subject, body, to=to).send()


@app.task(name="accounts.send_invitation", queue="mail", retry=RETRY)
def send_invitation(*, invitation_id: int) -> None:
    """Create the token here, so that only the mail contains it."""
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
    """Without the patient's name and the reason, since others may read mail in transit."""
    glass = BreakGlass.objects.select_related("organization", "user").get(pk=glass_id)
    link = _address("accounts:audit", glass.organization.slug) + "?action=glass.broken"
    for address in _administrators(glass.organization):
        _send("broken_glass", to=[address], glass=glass, link=link)


@app.task(name="accounts.tell_of_new_administrator", queue="mail", retry=RETRY)
def tell_of_new_administrator(*, organization_id: int, by_id: int, email: str) -> None:
    """Notify administrators that a super-administrator made or invited another one."""
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


def _administrators(clinic: Organization) -> list[str]:
    found = User.objects.filter(
        is_active=True,
        memberships__organization=clinic,
        memberships__role=Role.ADMIN,
        memberships__is_active=True,
    )
    return list(found.values_list("email", flat=True))


def _send(template: str, *, to: list[str], **context: Any) -> None:
    subject = render_to_string(f"accounts/messages/{template}_subject.txt", context)
    body = render_to_string(f"accounts/messages/{template}_message.txt", context)
    EmailMessage(" ".join(subject.split()), body, to=to).send()


def _address(name: str, *args: Any, **kwargs: Any) -> str:
    return settings.SITE_URL + reverse(name, args=args or None, kwargs=kwargs or None)
