from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.utils import timezone

from accounts.models.tenancy import (
    SameOrganization,
    TenantQuerySet,
    same_organization,
    unique_in_organization,
)
from accounts.validators import validate_plain_text
from billing.models.ranges import one_value_range
from billing.models.triggers import AUTHORIZATION_TRIGGERS, AUTHORIZED_SERVICE_TRIGGERS

if TYPE_CHECKING:
    from billing.models.service_code import ServiceCode


class AuthorizationQuerySet(TenantQuerySet):
    def with_state(self, *, today: date) -> AuthorizationQuerySet:
        """Annotate `state` (`Authorization.State`) as of the clinic's own date `today`."""
        state = Authorization.State
        return self.annotate(
            state=Case(
                When(status=Authorization.Status.CANCELLED, then=Value(state.CANCELLED)),
                When(status=Authorization.Status.PENDING, then=Value(state.PENDING)),
                When(end_date__lt=today, then=Value(state.EXPIRED)),
                When(
                    total_units=F("used_units") + F("reserved_units"), then=Value(state.EXHAUSTED)
                ),
                default=Value(state.ACTIVE),
                output_field=models.CharField(),
            )
        )

    def with_available(self) -> AuthorizationQuerySet:
        return self.annotate(available=F("total_units") - F("used_units") - F("reserved_units"))

    def with_services(self) -> AuthorizationQuerySet:
        services = AuthorizedService.objects.select_related("service_code")
        return self.prefetch_related(models.Prefetch("services", services))

    def in_use_first(self, *, today: date) -> AuthorizationQuerySet:
        """Order those that are neither cancelled nor ended first, then by end date."""
        ended = Q(status=Authorization.Status.CANCELLED) | Q(end_date__lt=today)
        return self.order_by(Case(When(ended, then=Value(1)), default=Value(0)), "end_date", "id")

    def usable_on(self, day: date) -> AuthorizationQuerySet:
        return self.filter(
            status=Authorization.Status.ACTIVE, start_date__lte=day, end_date__gte=day
        )


class Authorization(models.Model):
    """Units of one or more services that a payer approved for a patient; dates are inclusive.

    The balance columns change only together with a ledger entry; triggers refuse anything else.
    """

    class Status(models.TextChoices):
        """What a user has set. Exhausted and expired are derived, see `State`."""

        PENDING = "pending"
        ACTIVE = "active"
        CANCELLED = "cancelled"

    class State(models.TextChoices):
        PENDING = "pending"
        ACTIVE = "active"
        EXHAUSTED = "exhausted", "No units left"
        EXPIRED = "expired"
        CANCELLED = "cancelled"

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="authorizations"
    )
    patient = models.ForeignKey(
        "accounts.Patient", on_delete=models.PROTECT, related_name="authorizations"
    )
    policy = models.ForeignKey(
        "billing.InsurancePolicy", on_delete=models.PROTECT, related_name="authorizations"
    )
    payer = models.ForeignKey(
        "billing.Payer", on_delete=models.PROTECT, related_name="authorizations", editable=False
    )
    number = models.CharField(
        "authorization number", max_length=60, validators=[validate_plain_text]
    )
    service_codes = models.ManyToManyField(
        "billing.ServiceCode", through="billing.AuthorizedService", related_name="authorizations"
    )
    start_date = models.DateField()
    end_date = models.DateField()
    cap_per_day = models.PositiveIntegerField("units per day at most", null=True, blank=True)
    cap_per_week = models.PositiveIntegerField("units per week at most", null=True, blank=True)
    cap_per_month = models.PositiveIntegerField("units per month at most", null=True, blank=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.ACTIVE)

    total_units = models.IntegerField(default=0, editable=False)
    used_units = models.IntegerField(default=0, editable=False)
    reserved_units = models.IntegerField(default=0, editable=False)
    entry_count = models.IntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    # The id of the service by which `authorizations.selection` found this row.
    selected_service_id: int | None = None

    objects = AuthorizationQuerySet.as_manager()

    class Meta:
        ordering = ["end_date", "id"]
        indexes = [
            models.Index(fields=["organization", "end_date", "id"], name="authorization_by_end"),
            models.Index(fields=["patient", "end_date"], name="authorization_of_patient"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(total_units__gte=0) & Q(used_units__gte=0) & Q(reserved_units__gte=0),
                name="authorization_balance_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(total_units__gte=F("used_units") + F("reserved_units")),
                name="authorization_never_overbooked",
            ),
            models.CheckConstraint(
                condition=Q(end_date__gte=F("start_date")), name="authorization_ends_after_start"
            ),
            models.CheckConstraint(
                condition=(Q(cap_per_day__isnull=True) | Q(cap_per_day__gte=1))
                & (Q(cap_per_week__isnull=True) | Q(cap_per_week__gte=1))
                & (Q(cap_per_month__isnull=True) | Q(cap_per_month__gte=1)),
                name="authorization_caps_positive",
            ),
            *same_organization(
                "authorization",
                patient="accounts.Patient",
                policy="billing.InsurancePolicy",
                payer="billing.Payer",
            ),
            SameOrganization(
                field="policy",
                to="billing.InsurancePolicy",
                also=("patient", "payer"),
                name="authorization_of_its_policy",
            ),
            unique_in_organization("authorization"),
            # Appointments refer to the authorization together with its patient.
            models.UniqueConstraint(
                fields=["organization", "id", "patient"], name="authorization_with_patient"
            ),
        ]
        triggers = AUTHORIZATION_TRIGGERS

    def __str__(self) -> str:
        return self.number

    @property
    def available_units(self) -> int:
        return self.total_units - self.used_units - self.reserved_units

    @property
    def state_on_page(self) -> str:
        """`state` (see `with_state`), but `fully_reserved` while reserved units are not used yet.

        The API answers `exhausted` for both, as it always has.
        """
        state: str = self.state  # type: ignore[attr-defined]
        if state == self.State.EXHAUSTED and self.reserved_units:
            return "fully_reserved"
        return state

    @property
    def has_caps(self) -> bool:
        return any((self.cap_per_day, self.cap_per_week, self.cap_per_month))

    def covers(self, service_code: ServiceCode) -> bool:
        """Whether the authorization covers the service.

        Needs no query for the service by which the authorization was selected.
        """
        if self.selected_service_id == service_code.pk:
            return True
        return self.services.filter(service_code=service_code).exists()

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        self.selected_service_id = None
        super().refresh_from_db(*args, **kwargs)


class AuthorizedService(models.Model):
    """A service that an authorization covers.

    Payer, number, dates and status are copies of the authorization's, kept equal by a trigger. The
    exclusion constraint needs them: at any time, a number is used once per clinic, payer and
    service.
    """

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+"
    )
    authorization = models.ForeignKey(
        Authorization, on_delete=models.CASCADE, related_name="services"
    )
    service_code = models.ForeignKey(
        "billing.ServiceCode", on_delete=models.PROTECT, related_name="+"
    )
    payer = models.ForeignKey("billing.Payer", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=60)
    start_date = models.DateField()
    end_date = models.DateField()
    status = models.CharField(max_length=12, choices=Authorization.Status.choices)

    class Meta:
        ordering = ["service_code__code", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["authorization", "service_code"], name="authorized_service_once"
            ),
            ExclusionConstraint(
                name="authorization_number_once",
                expressions=[
                    (one_value_range("payer_id"), RangeOperators.OVERLAPS),
                    (one_value_range("service_code_id"), RangeOperators.OVERLAPS),
                    (
                        Func(
                            "number",
                            "number",
                            Value("[]"),
                            function="textrange",
                            output_field=models.TextField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
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
                condition=~Q(status=Authorization.Status.CANCELLED),
            ),
            *same_organization(
                "authorized_service",
                authorization="billing.Authorization",
                service_code="billing.ServiceCode",
                payer="billing.Payer",
            ),
        ]
        triggers = AUTHORIZED_SERVICE_TRIGGERS

    def __str__(self) -> str:
        return f"{self.number}: {self.service_code}"
