from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower

from accounts.models.tenancy import TenantQuerySet, same_organization, unique_in_organization
from accounts.validators import validate_plain_text
from billing.models.ranges import one_value_range


class PayerQuerySet(TenantQuerySet):
    def active(self) -> PayerQuerySet:
        return self.filter(is_active=True)


class Payer(models.Model):
    """An insurer. `payer_id` is its electronic id at the clearinghouse (837 loop 2010BB NM109)."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="payers"
    )
    name = models.CharField(max_length=200, validators=[validate_plain_text])
    payer_id = models.CharField(
        "payer ID", max_length=40, blank=True, validators=[validate_plain_text]
    )
    phone = models.CharField(max_length=32, blank=True, validators=[validate_plain_text])
    external_id = models.CharField(max_length=64, blank=True, editable=False)
    is_active = models.BooleanField(default=True)

    objects = PayerQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint("organization", Lower("name"), name="payer_name_once"),
            unique_in_organization("payer"),
        ]

    def __str__(self) -> str:
        return self.name


class InsurancePolicyQuerySet(TenantQuerySet):
    def active(self) -> InsurancePolicyQuerySet:
        return self.filter(is_active=True)

    def in_force_first(self) -> InsurancePolicyQuerySet:
        """Order policies without an end date first, then by end date, the latest first."""
        return self.order_by(F("end_date").desc(nulls_first=True), "priority", "id")


class InsurancePolicy(models.Model):
    """A patient's insurance with a payer. Dates are inclusive; without an end date it is open."""

    class Priority(models.IntegerChoices):
        PRIMARY = 1
        SECONDARY = 2
        TERTIARY = 3

    class Relationship(models.TextChoices):
        SELF = "self"
        SPOUSE = "spouse"
        CHILD = "child"
        OTHER = "other"

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+"
    )
    patient = models.ForeignKey(
        "accounts.Patient", on_delete=models.PROTECT, related_name="policies"
    )
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="policies")
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.PRIMARY)
    member_id = models.CharField("member ID", max_length=80, validators=[validate_plain_text])
    group_number = models.CharField(max_length=80, blank=True, validators=[validate_plain_text])
    start_date = models.DateField()
    end_date = models.DateField(null=True, blank=True)
    subscriber_relationship = models.CharField(
        max_length=8, choices=Relationship.choices, default=Relationship.SELF
    )
    subscriber_name = models.CharField(max_length=150, blank=True, validators=[validate_plain_text])
    is_active = models.BooleanField(default=True)

    objects = InsurancePolicyQuerySet.as_manager()

    class Meta:
        verbose_name = "insurance policy"
        verbose_name_plural = "insurance policies"
        ordering = ["priority", "-start_date", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_date__isnull=True) | Q(end_date__gte=F("start_date")),
                name="policy_ends_after_start",
            ),
            ExclusionConstraint(
                name="policy_one_per_priority",
                expressions=[
                    (one_value_range("patient_id"), RangeOperators.OVERLAPS),
                    (one_value_range("priority"), RangeOperators.OVERLAPS),
                    (
                        Func(
                            "start_date",
                            "end_date",
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(is_active=True),
            ),
            *same_organization("policy", patient="accounts.Patient", payer="billing.Payer"),
            unique_in_organization("policy"),
            # Authorizations refer to the policy together with its patient and its payer.
            models.UniqueConstraint(
                fields=["organization", "id", "patient", "payer"], name="policy_of_patient_by_payer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payer} · {self.member_id}"
