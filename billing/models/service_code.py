from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from accounts.models.tenancy import TenantQuerySet, unique_in_organization
from accounts.validators import validate_plain_text


class Rounding(models.TextChoices):
    """How minutes become units; `billing.units` has the rules and their sources."""

    UP = "up", "Up: a started unit counts"
    CMS = "cms", "CMS 8-minute rule"
    MIDPOINT = "midpoint", "Midpoint: more than half a unit counts"
    SESSION = "session", "One unit per session"


class ServiceCodeQuerySet(TenantQuerySet):
    def active(self) -> ServiceCodeQuerySet:
        return self.filter(is_active=True)


class ServiceCode(models.Model):
    """What is rendered and billed: a CPT or HCPCS code with our own short label."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="service_codes"
    )
    code = models.CharField(
        max_length=12,
        validators=[RegexValidator(r"^[A-Z0-9]{3,12}$", "Capital letters and digits only.")],
    )
    label = models.CharField(max_length=80, validators=[validate_plain_text])
    modifiers = ArrayField(
        models.CharField(
            max_length=2,
            validators=[RegexValidator(r"^[A-Z0-9]{2}$", "A modifier has two characters.")],
        ),
        size=4,
        default=list,
        blank=True,
    )
    is_timed = models.BooleanField("timed", default=True)
    minutes_per_unit = models.PositiveSmallIntegerField(
        default=15, validators=[MinValueValidator(1), MaxValueValidator(480)]
    )
    rounding = models.CharField(max_length=8, choices=Rounding.choices, default=Rounding.CMS)
    default_minutes = models.PositiveSmallIntegerField(
        "usual length (minutes)",
        default=60,
        validators=[MinValueValidator(5), MaxValueValidator(720)],
    )
    default_rate = models.DecimalField(
        "rate per unit",
        max_digits=10,
        decimal_places=2,
        default=Decimal("0.00"),
        validators=[MinValueValidator(Decimal("0.00"))],
    )
    allows_concurrent = models.BooleanField(
        "may run beside another such service for the same patient", default=False
    )
    allows_group = models.BooleanField("may be given to several patients at once", default=False)
    is_active = models.BooleanField(default=True)

    objects = ServiceCodeQuerySet.as_manager()

    class Meta:
        ordering = ["code", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "code", "modifiers"], name="service_code_once"
            ),
            models.CheckConstraint(
                condition=Q(minutes_per_unit__gte=1) & Q(default_rate__gte=0),
                name="service_code_figures",
            ),
            models.CheckConstraint(
                condition=~Q(rounding="cms") | Q(minutes_per_unit=15),
                name="service_code_cms_is_per_quarter_hour",
            ),
            unique_in_organization("service_code"),
        ]

    def __str__(self) -> str:
        return f"{self.full_code} {self.label}"

    @property
    def full_code(self) -> str:
        return "-".join([self.code, *self.modifiers])
