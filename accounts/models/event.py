from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models.outbox import deliveries
from accounts.models.tenancy import same_organization, unique_in_organization
from accounts.models.triggers import append_only
from accounts.validators import validate_plain_text


class BreakGlassQuerySet(models.QuerySet["BreakGlass"]):
    def open(self) -> BreakGlassQuerySet:
        return self.filter(expires_at__gt=timezone.now())


class BreakGlass(models.Model):
    """Access to a patient's record from outside the care team: with a reason, for an hour."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(
        "accounts.Patient", on_delete=models.PROTECT, related_name="break_glass"
    )
    reason = models.CharField(max_length=500, validators=[validate_plain_text])
    granted_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()

    objects = BreakGlassQuerySet.as_manager()

    class Meta:
        ordering = ["-granted_at"]
        indexes = [models.Index(fields=["user", "patient", "expires_at"], name="break_glass_open")]
        constraints = [
            *same_organization("break_glass", patient="accounts.Patient"),
            unique_in_organization("break_glass"),
        ]
        triggers = append_only("break_glass")

    def __str__(self) -> str:
        return f"{self.user} to {self.patient} until {self.expires_at:%H:%M}"


class Event(models.Model):
    """What happened: who, what, which patient, when, from where, by which request.

    Written in the transaction of the change that it describes; a trigger refuses changes, another
    creates its deliveries to the clinic's webhooks. `details` hold ids and figures, never clinical
    text or secrets. Each event costs every index of the table, so only organization, actor and
    patient have one.
    """

    organization = models.ForeignKey(
        "accounts.Organization",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    api_key = models.ForeignKey(
        "accounts.ApiKey", on_delete=models.PROTECT, null=True, related_name="+"
    )
    actor_role = models.CharField(max_length=16)
    channel = models.CharField(max_length=16)
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    patient = models.ForeignKey(
        "accounts.Patient",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    break_glass = models.ForeignKey(
        BreakGlass, on_delete=models.PROTECT, null=True, related_name="events"
    )
    details = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["organization", "-at", "-id"], name="event_of_clinic"),
            models.Index(fields=["actor", "organization", "-at", "-id"], name="event_of_actor"),
            # Without the time: the filter matches prefixes, and equal keys are stored once.
            models.Index(
                fields=["organization", "action"],
                opclasses=["int8_ops", "varchar_pattern_ops"],
                name="event_of_action",
            ),
            models.Index(fields=["object_type", "object_id", "-at", "-id"], name="event_of_object"),
            models.Index(fields=["patient", "-at", "-id"], name="event_of_patient"),
        ]
        constraints = [
            *same_organization(
                "event",
                patient="accounts.Patient",
                api_key="accounts.ApiKey",
                break_glass="accounts.BreakGlass",
            ),
            unique_in_organization("event"),
        ]
        triggers = [*append_only("event"), deliveries()]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type}:{self.object_id}"
