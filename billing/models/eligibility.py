from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models.tenancy import TenantQuerySet, same_organization
from accounts.models.triggers import append_only
from accounts.validators import validate_plain_text


class EligibilityCheck(models.Model):
    """A payer's answer to the question whether a policy covers the patient.

    The dates are those of the insurance, as the payer gave them. A check is never changed: asking
    again adds another one.
    """

    class Result(models.TextChoices):
        ACTIVE = "active"
        INACTIVE = "inactive"
        UNKNOWN = "unknown"

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+"
    )
    policy = models.ForeignKey(
        "billing.InsurancePolicy", on_delete=models.PROTECT, related_name="checks"
    )
    result = models.CharField(max_length=8, choices=Result.choices)
    plan_name = models.CharField(max_length=120, blank=True, validators=[validate_plain_text])
    start_date = models.DateField("cover starts", null=True, blank=True)
    end_date = models.DateField("cover ends", null=True, blank=True)
    reference_number = models.CharField(max_length=60, blank=True, validators=[validate_plain_text])
    checked_at = models.DateTimeField(default=timezone.now)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    api_key = models.ForeignKey(
        "accounts.ApiKey", on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        ordering = ["-checked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(start_date__isnull=True)
                | Q(end_date__isnull=True)
                | Q(end_date__gte=F("start_date")),
                name="eligibility_check_ends_after_start",
            ),
            *same_organization(
                "eligibility_check", policy="billing.InsurancePolicy", api_key="accounts.ApiKey"
            ),
        ]
        triggers = append_only("eligibility_check")

    def __str__(self) -> str:
        return f"{self.get_result_display()} on {self.checked_at:%Y-%m-%d}"
