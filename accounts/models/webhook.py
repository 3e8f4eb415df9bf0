"""Webhook endpoints, their secrets, deliveries and attempts."""

from __future__ import annotations

import base64
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.cipher import cipher
from accounts.models.tenancy import TenantQuerySet, same_organization, unique_in_organization
from accounts.validators import validate_plain_text

SECRET_MARK = "whsec_"
SECRET_BYTES = 32
PURPOSE = "webhook secrets"


class WebhookEndpointQuerySet(TenantQuerySet):
    def kept(self) -> WebhookEndpointQuerySet:
        return self.filter(deleted_at=None)


class WebhookEndpoint(models.Model):
    """An address of another program, and which events it asks for.

    `event_types` are names of the catalogue, `appointment.*` for all of a noun, or `*`.
    A deleted endpoint stays as a row: a write that is on its way may refer to it still.
    """

    class Disabled(models.TextChoices):
        BY_HAND = "by_hand", "Switched off by an administrator"
        GONE = "gone", "The receiver answered 410: it wants no more"
        FAILING = "failing", "Every delivery failed for days"

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+"
    )
    url = models.CharField("address", max_length=500, validators=[validate_plain_text])
    description = models.CharField(max_length=100, blank=True, validators=[validate_plain_text])
    event_types = ArrayField(models.CharField(max_length=60))
    is_active = models.BooleanField(default=True)
    disabled_reason = models.CharField(max_length=16, choices=Disabled.choices, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    first_failing_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        verbose_name = "webhook"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_active=True, disabled_reason="", deleted_at=None)
                | Q(is_active=False) & ~Q(disabled_reason=""),
                name="webhook_off_for_a_reason",
            ),
            unique_in_organization("webhook"),
        ]

    def __str__(self) -> str:
        return self.description or self.url

    @property
    def state(self) -> str:
        if not self.is_active:
            return "disabled"
        return "failing" if self.first_failing_at else "active"


class WebhookSecretQuerySet(TenantQuerySet):
    def valid(self) -> WebhookSecretQuerySet:
        """Newest first."""
        current = self.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()))
        return current.order_by("-created_at", "-id")


class WebhookSecret(models.Model):
    """What messages are signed with; encrypted, since signing needs the secret itself."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+"
    )
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="secrets")
    sealed = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = WebhookSecretQuerySet.as_manager()

    class Meta:
        constraints = same_organization("webhook_secret", endpoint="accounts.WebhookEndpoint")

    def __str__(self) -> str:
        return f"of {self.endpoint_id} since {self.created_at:%Y-%m-%d}"

    @classmethod
    def seal(cls, secret: str) -> bytes:
        return cipher(PURPOSE).encrypt(secret.encode())

    def reveal(self) -> str:
        return cipher(PURPOSE).decrypt(bytes(self.sealed)).decode()


def new_secret() -> str:
    return SECRET_MARK + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


class WebhookDelivery(models.Model):
    """One event for one endpoint; created by a trigger when the event is written.

    `failures` count since it was last (re)played, and determine the next pause. While a process
    sends it, `claimed_until` is in the future; if that process dies, another may lease it
    afterwards.
    """

    class Status(models.TextChoices):
        PENDING = "pending", "Waiting"
        DELIVERED = "delivered", "Delivered"
        PARKED = "parked", "Parked"

    RETENTION = timedelta(days=30)

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+"
    )
    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.PROTECT, related_name="deliveries"
    )
    event = models.ForeignKey("accounts.Event", on_delete=models.PROTECT, related_name="+")
    event_type = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    message_id = models.UUIDField(unique=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    attempt_count = models.PositiveIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = "delivery"
        verbose_name_plural = "deliveries"
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["endpoint", "object_type", "object_id", "event"],
                condition=Q(status="pending"),
                name="delivery_in_order",
            ),
            models.Index(
                fields=["endpoint", "next_attempt_at", "event"],
                condition=Q(status="pending"),
                name="delivery_due",
            ),
            models.Index(
                fields=["endpoint"],
                condition=Q(status="pending", claimed_until__isnull=False),
                name="delivery_claimed",
            ),
            models.Index(fields=["organization", "-id"], name="delivery_of_clinic"),
            models.Index(fields=["endpoint", "-id"], name="delivery_of_endpoint"),
            models.Index(fields=["created_at"], name="delivery_by_age"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event"], name="delivery_once"),
            models.CheckConstraint(
                condition=Q(status="pending", ended_at=None, next_attempt_at__isnull=False)
                | ~Q(status="pending") & Q(ended_at__isnull=False, next_attempt_at=None),
                name="delivery_ended_with_status",
            ),
            *same_organization(
                "delivery", endpoint="accounts.WebhookEndpoint", event="accounts.Event"
            ),
            unique_in_organization("delivery"),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} to {self.endpoint_id}"

    @property
    def message(self) -> str:
        """The `webhook-id`: the same at every attempt and replay."""
        return f"msg_{self.message_id.hex}"


class WebhookAttempt(models.Model):
    """One request, and the beginning of its answer."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+"
    )
    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField(default=timezone.now)
    status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    duration_ms = models.PositiveIntegerField()
    error = models.CharField(max_length=200, blank=True)
    response = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = same_organization("attempt", delivery="accounts.WebhookDelivery")

    def __str__(self) -> str:
        return f"{self.status_code or self.error} at {self.at:%H:%M:%S}"
