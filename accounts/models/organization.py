from __future__ import annotations

import zoneinfo
from datetime import date, datetime, time

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.npi import validate_npi
from accounts.validators import validate_currency, validate_plain_text, validate_time_zone


class Organization(models.Model):
    """A clinic: the tenant that every other row belongs to."""

    name = models.CharField(max_length=200, validators=[validate_plain_text])
    slug = models.SlugField(max_length=60, unique=True)
    time_zone = models.CharField(
        max_length=64, default="America/New_York", validators=[validate_time_zone]
    )
    currency = models.CharField(max_length=3, default="USD", validators=[validate_currency])
    npi = models.CharField("NPI", max_length=10, blank=True, validators=[validate_npi])
    tax_id = models.CharField(
        "tax ID",
        max_length=10,
        blank=True,
        validators=[
            RegexValidator(r"^\d{2}-?\d{7}$", "A tax ID (EIN) has nine digits: 12-3456789.")
        ],
    )
    taxonomy = models.CharField(
        max_length=10,
        blank=True,
        validators=[
            RegexValidator(r"^[0-9A-Z]{9}X$", "A taxonomy code has ten characters, the last an X.")
        ],
    )
    phone = models.CharField(max_length=32, blank=True, validators=[validate_plain_text])
    address_line1 = models.CharField(
        "address", max_length=120, blank=True, validators=[validate_plain_text]
    )
    address_line2 = models.CharField(
        "address, second line", max_length=120, blank=True, validators=[validate_plain_text]
    )
    city = models.CharField(max_length=80, blank=True, validators=[validate_plain_text])
    region = models.CharField("state", max_length=40, blank=True, validators=[validate_plain_text])
    postal_code = models.CharField(max_length=16, blank=True, validators=[validate_plain_text])

    opens_at = models.TimeField(default=time(8))
    closes_at = models.TimeField(default=time(18))
    idle_minutes = models.PositiveSmallIntegerField(
        "idle sign-out after (minutes)",
        default=15,
        validators=[MinValueValidator(5), MaxValueValidator(240)],
    )
    late_cancellation_hours = models.PositiveSmallIntegerField(
        "a cancellation is late within (hours)", default=24, validators=[MaxValueValidator(336)]
    )
    patients_may_cancel = models.BooleanField(
        "patients may cancel online before that", default=True
    )
    is_active = models.BooleanField(default=True)
    # The last MRN that was generated for a patient.
    mrn_counter = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")),
                name="organization_closes_after_opening",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    def today(self) -> date:
        """The clinic's own date now."""
        return timezone.now().astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        """The instant at which that day begins in the clinic's time zone."""
        return datetime.combine(day, time.min, self.zone)

    def local(self, instant: datetime) -> datetime:
        return instant.astimezone(self.zone)

    def is_open(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether the clinic is open from the one instant to the other, in its time zone."""
        begins, ends = self.local(starts_at), self.local(ends_at)
        return begins.date() == ends.date() and (
            self.opens_at <= begins.time() and ends.time() <= self.closes_at
        )
