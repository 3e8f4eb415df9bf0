from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Case, F, Func, Q, Value
from django.utils import timezone

from accounts.models.tenancy import SameOrganization, TenantQuerySet, same_organization
from accounts.models.triggers import lawful_transitions, never_deleted
from accounts.validators import validate_plain_text
from billing.models.ranges import one_value_range
from billing.units import whole_minutes
from scheduling.models.lanes import PATIENT_LANE, PRACTITIONER_LANE, ROOM_LANE

if TYPE_CHECKING:
    from accounts.models import Organization

MAX_APPOINTMENT_DURATION = timedelta(hours=24)


class Status(models.TextChoices):
    SCHEDULED = "scheduled", "Scheduled"
    CONFIRMED = "confirmed", "Confirmed"
    ARRIVED = "arrived", "Arrived"
    IN_PROGRESS = "in_progress", "In progress"
    COMPLETED = "completed", "Completed"
    CANCELLED = "cancelled", "Cancelled"
    NO_SHOW = "no_show", "No-show"


# The statuses that may follow each status. A trigger in the database has the same table.
TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.SCHEDULED: frozenset(
        {
            Status.CONFIRMED,
            Status.ARRIVED,
            Status.IN_PROGRESS,
            Status.COMPLETED,
            Status.CANCELLED,
            Status.NO_SHOW,
        }
    ),
    Status.CONFIRMED: frozenset(
        {
            Status.ARRIVED,
            Status.IN_PROGRESS,
            Status.COMPLETED,
            Status.CANCELLED,
            Status.NO_SHOW,
        }
    ),
    Status.ARRIVED: frozenset(
        {
            Status.SCHEDULED,
            Status.IN_PROGRESS,
            Status.COMPLETED,
            Status.CANCELLED,
            Status.NO_SHOW,
        }
    ),
    Status.IN_PROGRESS: frozenset({Status.COMPLETED, Status.CANCELLED}),
    Status.COMPLETED: frozenset({Status.IN_PROGRESS}),
    Status.CANCELLED: frozenset({Status.SCHEDULED}),
    Status.NO_SHOW: frozenset({Status.SCHEDULED}),
}
MOVABLE = frozenset({Status.SCHEDULED, Status.CONFIRMED})
OCCUPYING = [s.value for s in Status if s not in {Status.CANCELLED, Status.NO_SHOW}]


class AppointmentQuerySet(TenantQuerySet):
    def occupying(self) -> AppointmentQuerySet:
        """Appointments that occupy the time of the practitioner, the patient and the room."""
        return self.filter(status__in=OCCUPYING)

    def overlapping(self, starts_at: datetime, ends_at: datetime) -> AppointmentQuerySet:
        # The lower bound on starts_at lets its index be used: no appointment lasts longer.
        return self.filter(
            starts_at__lt=ends_at,
            starts_at__gt=starts_at - MAX_APPOINTMENT_DURATION,
            ends_at__gt=starts_at,
        )

    def between_days(
        self, organization: Organization, first: date, last: date
    ) -> AppointmentQuerySet:
        """Appointments that start on the clinic's own dates `first` to `last`, inclusive."""
        end = organization.midnight(last + timedelta(days=1))
        return self.filter(starts_at__gte=organization.midnight(first), starts_at__lt=end)

    def with_people(self) -> AppointmentQuerySet:
        return self.select_related(
            "patient", "practitioner", "service_code", "authorization", "location", "room"
        )


def _no_double_booking(name: str, owner: str, lane: Case, *, where: Q) -> ExclusionConstraint:
    return ExclusionConstraint(
        name=name,
        expressions=[
            (one_value_range(owner), RangeOperators.OVERLAPS),
            (lane, RangeOperators.OVERLAPS),
            (
                Func(
                    "starts_at",
                    "ends_at",
                    Value("[)"),
                    function="tstzrange",
                    output_field=DateTimeRangeField(),
                ),
                RangeOperators.OVERLAPS,
            ),
        ],
        condition=Q(status__in=OCCUPYING, override_reason="") & where,
    )


class Appointment(models.Model):
    """A service for a patient by a practitioner at a time. Instants are UTC.

    `allows_concurrent` and `allows_group` repeat the service code's flags as they were at booking;
    `lanes` explains how the exclusion constraints use them. An appointment without an
    authorization is private pay. `version` counts its changes.
    """

    class CancelledBy(models.TextChoices):
        CLINIC = "clinic", "Clinic"
        PRACTITIONER = "practitioner", "Practitioner"
        PATIENT = "patient", "Patient"
        PAYER = "payer", "Payer"

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="appointments"
    )
    patient = models.ForeignKey(
        "accounts.Patient", on_delete=models.PROTECT, related_name="appointments"
    )
    practitioner = models.ForeignKey(
        "accounts.Practitioner", on_delete=models.PROTECT, related_name="appointments"
    )
    service_code = models.ForeignKey(
        "billing.ServiceCode", on_delete=models.PROTECT, related_name="appointments"
    )
    authorization = models.ForeignKey(
        "billing.Authorization",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="appointments",
    )
    reservation = models.OneToOneField(
        "billing.Reservation",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    location = models.ForeignKey(
        "scheduling.Location",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="appointments",
    )
    room = models.ForeignKey(
        "scheduling.Room",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="appointments",
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    units = models.PositiveIntegerField()
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.SCHEDULED)
    allows_concurrent = models.BooleanField(default=False, editable=False)
    allows_group = models.BooleanField(default=False, editable=False)
    override_reason = models.CharField(max_length=300, blank=True, validators=[validate_plain_text])
    cancelled_by = models.CharField(max_length=12, choices=CancelledBy.choices, blank=True)
    cancel_reason = models.CharField(max_length=300, blank=True, validators=[validate_plain_text])
    cancelled_late = models.BooleanField(null=True)
    external_id = models.CharField(max_length=64, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [
            models.Index(fields=["organization", "starts_at", "id"], name="appointment_by_start"),
            models.Index(fields=["practitioner", "starts_at"], name="appointment_of_practitioner"),
            models.Index(fields=["patient", "starts_at"], name="appointment_of_patient"),
            models.Index(
                fields=["authorization", "starts_at"], name="appointment_of_authorization"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at"))
                & Q(ends_at__lte=F("starts_at") + MAX_APPOINTMENT_DURATION),
                name="appointment_length",
            ),
            models.CheckConstraint(
                condition=Q(authorization__isnull=True, reservation__isnull=True)
                | Q(authorization__isnull=False, reservation__isnull=False),
                name="appointment_reserves_what_it_is_authorized",
            ),
            models.CheckConstraint(
                condition=(
                    Q(status="cancelled", cancelled_late__isnull=False) & ~Q(cancelled_by="")
                )
                | (~Q(status="cancelled") & Q(cancelled_by="", cancelled_late__isnull=True)),
                name="appointment_cancelled_by_someone",
            ),
            models.UniqueConstraint(
                fields=["organization", "external_id"],
                condition=~Q(external_id=""),
                name="appointment_external_once",
            ),
            _no_double_booking(
                "appointment_practitioner_free", "practitioner_id", PRACTITIONER_LANE, where=Q()
            ),
            _no_double_booking("appointment_patient_free", "patient_id", PATIENT_LANE, where=Q()),
            _no_double_booking(
                "appointment_room_free", "room_id", ROOM_LANE, where=Q(room__isnull=False)
            ),
            *same_organization(
                "appointment",
                patient="accounts.Patient",
                practitioner="accounts.Practitioner",
                service_code="billing.ServiceCode",
                location="scheduling.Location",
            ),
            SameOrganization(
                field="authorization",
                to="billing.Authorization",
                also=("patient",),
                name="appointment_authorized_for_its_patient",
            ),
            SameOrganization(
                field="reservation",
                to="billing.Reservation",
                also=("authorization",),
                name="appointment_reserves_on_its_authorization",
            ),
            SameOrganization(
                field="room",
                to="scheduling.Room",
                also=("location",),
                name="appointment_room_at_location",
            ),
            models.CheckConstraint(
                condition=Q(room__isnull=True) | Q(location__isnull=False),
                name="appointment_room_has_location",
            ),
            # Sessions refer to the appointment together with its patient.
            models.UniqueConstraint(
                fields=["organization", "id", "patient"], name="appointment_with_patient"
            ),
        ]
        triggers = [
            lawful_transitions(
                "appointment_lawful_transition",
                field="status",
                transitions=[(a.value, b.value) for a in Status for b in sorted(TRANSITIONS[a])],
            ),
            never_deleted("appointment"),
        ]

    def __str__(self) -> str:
        """In the active time zone: the clinic's in its pages, UTC elsewhere."""
        starts_at = timezone.localtime(self.starts_at)
        return f"{self.patient} with {self.practitioner}, {starts_at:%Y-%m-%d %H:%M %Z}"

    @property
    def minutes(self) -> int:
        return whole_minutes(self.starts_at, self.ends_at)

    @property
    def reservation_units(self) -> int:
        """Units of the reservation, active or ended; after reopening they may differ from `units`.

        0 for private pay.
        """
        return self.reservation.units if self.reservation else 0

    @property
    def is_private_pay(self) -> bool:
        return self.authorization_id is None

    def may_become(self, status: Status) -> bool:
        return status in TRANSITIONS[Status(self.status)]

    @property
    def is_movable(self) -> bool:
        return self.status in MOVABLE
