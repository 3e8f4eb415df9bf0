"""Credentials of programs, and the answers they were given."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models.tenancy import TenantQuerySet, same_organization, unique_in_organization
from accounts.roles import Role
from accounts.validators import validate_plain_text

AREAS = (
    "patients",
    "practitioners",
    "insurance",
    "authorizations",
    "appointments",
    "sessions",
    "catalog",
    "organization",
    "events",
    "webhooks",
)
SCOPES = tuple(f"{area}:{reach}" for area in AREAS for reach in ("read", "write"))


class ApiKeyQuerySet(TenantQuerySet):
    def active(self) -> ApiKeyQuerySet:
        return self.exclude(_is_over())

    def over(self) -> ApiKeyQuerySet:
        return self.filter(_is_over())


def _is_over() -> Q:
    return Q(expires_at__lte=timezone.now(), expires_at__isnull=False) | Q(revoked_at__isnull=False)


class ApiKey(models.Model):
    """A program's credential: one clinic, one role, some scopes. The secret is stored hashed.

    While a key is rotated, the previous secret stays valid until `previous_expires_at`. A key with
    the role of practitioner acts for `practitioner`.
    """

    ROLES = (Role.ADMIN, Role.PRACTITIONER, Role.VIEWER)

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="api_keys"
    )
    name = models.CharField(max_length=100, validators=[validate_plain_text])
    role = models.CharField(max_length=16, choices=[(role.value, role.label) for role in ROLES])
    practitioner = models.ForeignKey(
        "accounts.Practitioner", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    scopes = ArrayField(models.CharField(max_length=40))
    prefix = models.CharField(max_length=16)
    secret_hash = models.CharField(max_length=64, unique=True)
    previous_hash = models.CharField(max_length=64, null=True, blank=True, unique=True)
    previous_expires_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"],
                condition=Q(revoked_at=None),
                name="api_key_name_once",
            ),
            models.CheckConstraint(
                condition=Q(role=Role.PRACTITIONER, practitioner__isnull=False)
                | ~Q(role=Role.PRACTITIONER) & Q(practitioner=None),
                name="api_key_practitioner_with_role",
            ),
            *same_organization("api_key", practitioner="accounts.Practitioner"),
            unique_in_organization("api_key"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> str:
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at and self.expires_at <= timezone.now() else "active"


class ApiAnswer(models.Model):
    """The first answer to an idempotency key, kept a day and given again to the byte.

    `content` is encrypted: some answers hold a secret that is shown once.
    """

    RETENTION = timedelta(hours=24)

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.CASCADE, related_name="+"
    )
    credential = models.CharField(max_length=40)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    content = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["credential", "key"], name="api_answer_once")
        ]

    def __str__(self) -> str:
        return f"{self.credential} {self.key}"


class ApiUsage(models.Model):
    """How many requests of a credential were allowed in a minute, across all web processes."""

    credential = models.CharField(max_length=40)
    minute = models.DateTimeField()
    requests = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["credential", "minute"], name="api_usage_once")
        ]

    def __str__(self) -> str:
        return f"{self.credential} {self.minute:%H:%M}"
