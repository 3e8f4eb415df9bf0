from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models

from accounts.models.tenancy import TenantQuerySet, same_organization, unique_in_organization
from accounts.npi import validate_npi
from accounts.validators import validate_plain_text


class PractitionerQuerySet(TenantQuerySet):
    def active(self) -> PractitionerQuerySet:
        return self.filter(is_active=True)


class Practitioner(models.Model):
    """Someone who renders services. `supervisor` is the supervising provider, if they need one."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="practitioners"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="practitioner_profiles",
        editable=False,
    )
    first_name = models.CharField(max_length=100, validators=[validate_plain_text])
    last_name = models.CharField(max_length=100, validators=[validate_plain_text])
    npi = models.CharField("NPI", max_length=10, blank=True, validators=[validate_npi])
    credential = models.CharField(max_length=40, blank=True, validators=[validate_plain_text])
    taxonomy = models.CharField(
        max_length=10,
        blank=True,
        validators=[
            RegexValidator(r"^[0-9A-Z]{9}X$", "A taxonomy code has ten characters, the last an X.")
        ],
    )
    supervisor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="supervisees"
    )
    hue = models.PositiveSmallIntegerField(
        "calendar colour", default=0, validators=[MaxValueValidator(7)]
    )
    external_id = models.CharField(max_length=64, blank=True, editable=False)
    is_active = models.BooleanField(default=True)

    objects = PractitionerQuerySet.as_manager()

    class Meta:
        ordering = ["last_name", "first_name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "npi"],
                condition=~models.Q(npi=""),
                name="practitioner_npi_once",
            ),
            models.UniqueConstraint(
                fields=["organization", "user"],
                condition=models.Q(user__isnull=False),
                name="practitioner_user_once",
            ),
            models.UniqueConstraint(
                fields=["organization", "external_id"],
                condition=~models.Q(external_id=""),
                name="practitioner_external_once",
            ),
            models.CheckConstraint(
                condition=models.Q(supervisor__isnull=True) | ~models.Q(supervisor=models.F("id")),
                name="practitioner_not_own_supervisor",
            ),
            *same_organization("practitioner", supervisor="accounts.Practitioner"),
            unique_in_organization("practitioner"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.credential}" if self.credential else self.name

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"
