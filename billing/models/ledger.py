from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models.tenancy import SameOrganization, TenantQuerySet, same_organization
from accounts.models.triggers import append_only
from billing.models.triggers import LEDGER_ENTRY_TRIGGERS, RESERVATION_TRIGGERS


class ReservationQuerySet(TenantQuerySet):
    def active(self) -> ReservationQuerySet:
        return self.filter(state=Reservation.State.ACTIVE)

    def counted(self) -> ReservationQuerySet:
        """Reservations whose units count against a cap: active or consumed."""
        return self.filter(state__in=[Reservation.State.ACTIVE, Reservation.State.CONSUMED])


class Reservation(models.Model):
    """Units reserved for one date of service. It ends once: consumed, released or expired.

    `source` names what the units are for ("appointment:17"); billing does not interpret it.
    """

    class State(models.TextChoices):
        ACTIVE = "active"
        CONSUMED = "consumed"
        RELEASED = "released"
        EXPIRED = "expired"
        REVERSED = "reversed", "Consumed, then reversed"

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+"
    )
    authorization = models.ForeignKey(
        "billing.Authorization", on_delete=models.PROTECT, related_name="reservations"
    )
    service_code = models.ForeignKey(
        "billing.ServiceCode", on_delete=models.PROTECT, related_name="+"
    )
    units = models.IntegerField()
    consumed_units = models.IntegerField(null=True)
    date_of_service = models.DateField()
    source = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    objects = ReservationQuerySet.as_manager()

    class Meta:
        ordering = ["date_of_service", "id"]
        indexes = [
            models.Index(
                fields=["authorization", "date_of_service"], name="reservation_by_service_day"
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(state="active", expires_at__isnull=False),
                name="reservation_to_expire",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(units__gte=1), name="reservation_units_positive"),
            models.CheckConstraint(
                condition=Q(state="active", ended_at__isnull=True, consumed_units__isnull=True)
                | Q(
                    state__in=["released", "expired"],
                    ended_at__isnull=False,
                    consumed_units__isnull=True,
                )
                | Q(
                    state__in=["consumed", "reversed"],
                    ended_at__isnull=False,
                    consumed_units__gte=0,
                ),
                name="reservation_ends_whole",
            ),
            models.UniqueConstraint(
                fields=["organization", "source"],
                condition=Q(state="active"),
                name="reservation_source_once",
            ),
            *same_organization(
                "reservation",
                authorization="billing.Authorization",
                service_code="billing.ServiceCode",
            ),
            # Entries and appointments refer to the reservation together with its authorization.
            models.UniqueConstraint(
                fields=["organization", "id", "authorization"],
                name="reservation_with_authorization",
            ),
        ]
        triggers = RESERVATION_TRIGGERS

    def __str__(self) -> str:
        return f"{self.units} units on {self.date_of_service:%Y-%m-%d} ({self.state})"


class LedgerEntry(models.Model):
    """One movement of an authorization's units and the balance after it. Never changed.

    `number` counts from 1 without gaps within the authorization. The deltas are the changes of
    total, reserved and used units; `units` is the movement's own figure (a consumption of 3 out of
    4 reserved has units 3, reserved_delta -4, used_delta 3).
    """

    class Kind(models.TextChoices):
        GRANT = "grant", "Granted"
        ADJUST = "adjust", "Adjusted"
        RESERVE = "reserve", "Reserved"
        RELEASE = "release", "Released"
        CONSUME = "consume", "Consumed"
        EXPIRE = "expire", "Reservation expired"
        REVERSE = "reverse", "Consumption reversed"

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+"
    )
    authorization = models.ForeignKey(
        "billing.Authorization", on_delete=models.PROTECT, related_name="entries"
    )
    number = models.IntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    units = models.IntegerField()
    total_delta = models.IntegerField(default=0)
    used_delta = models.IntegerField(default=0)
    reserved_delta = models.IntegerField(default=0)
    total_after = models.IntegerField()
    used_after = models.IntegerField()
    reserved_after = models.IntegerField()
    reservation = models.ForeignKey(
        Reservation, on_delete=models.PROTECT, null=True, related_name="entries"
    )
    date_of_service = models.DateField(null=True)
    source = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    request_id = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "ledger entries"
        ordering = ["authorization", "number"]
        indexes = [models.Index(fields=["authorization", "at"], name="entry_by_instant")]
        constraints = [
            models.UniqueConstraint(fields=["authorization", "number"], name="entry_number_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1)
                & Q(total_after__gte=F("used_after") + F("reserved_after"))
                & Q(used_after__gte=0)
                & Q(reserved_after__gte=0),
                name="entry_balance_lawful",
            ),
            models.CheckConstraint(
                condition=Q(kind="grant", total_delta__gt=0, used_delta=0, reserved_delta=0)
                | (
                    Q(kind="adjust", used_delta=0, reserved_delta=0)
                    & ~Q(total_delta=0)
                    & ~Q(reason="")
                )
                | Q(kind="reserve", total_delta=0, used_delta=0, reserved_delta__gt=0)
                | Q(
                    kind__in=["release", "expire"],
                    total_delta=0,
                    used_delta=0,
                    reserved_delta__lt=0,
                )
                | Q(kind="consume", total_delta=0, used_delta__gte=0, reserved_delta__lt=0)
                | (
                    Q(kind="reverse", total_delta=0, used_delta__lte=0, reserved_delta=0)
                    & ~Q(reason="")
                ),
                name="entry_moves_as_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["grant", "adjust"], reservation__isnull=True)
                | (~Q(kind__in=["grant", "adjust"]) & Q(reservation__isnull=False)),
                name="entry_has_reservation",
            ),
            # A reservation is made once, ended once and reversed once.
            models.UniqueConstraint(
                fields=["reservation"], condition=Q(kind="reserve"), name="entry_reserves_once"
            ),
            models.UniqueConstraint(
                fields=["reservation"],
                condition=Q(kind__in=["release", "consume", "expire"]),
                name="entry_ends_reservation_once",
            ),
            models.UniqueConstraint(
                fields=["reservation"], condition=Q(kind="reverse"), name="entry_reverses_once"
            ),
            *same_organization("entry", authorization="billing.Authorization"),
            SameOrganization(
                field="reservation",
                to="billing.Reservation",
                also=("authorization",),
                name="entry_on_its_authorization",
            ),
        ]
        triggers = [*append_only("ledger_entry"), *LEDGER_ENTRY_TRIGGERS]

    def __str__(self) -> str:
        return f"{self.kind} {self.units} (#{self.number})"

    @property
    def available_after(self) -> int:
        return self.total_after - self.used_after - self.reserved_after
