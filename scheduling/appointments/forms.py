from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from accounts import access as accounts_access
from accounts.actor import Actor
from accounts.errors import DomainError
from accounts.models import Patient
from accounts.roles import Role
from accounts.validators import validate_plain_text
from accounts.web.form_fields import DayField, RowField, TimeInput
from billing import access as billing_access
from billing.models import Authorization
from scheduling import access, wall_time
from scheduling.appointments.booking import BEST, AuthorizationChoice
from scheduling.models import Appointment

PRIVATE = "private"


# The form's fields for what the services call by other names.
FORM_FIELDS = {"starts_at": "start", "ends_at": "minutes"}


DAY_ERROR_CODES = ("in_the_past", "too_far_ahead")


class AuthorizationField(forms.ChoiceField):
    """The patient's authorizations, or private pay; empty chooses the best."""


class BookingForm(forms.Form):
    """An appointment by date, wall-clock time in the clinic's zone, and length in minutes."""

    service_code = RowField(label="Service", queryset=None, empty_label=None)
    practitioner = RowField(queryset=None, empty_label=None)
    day = DayField(label="Date")
    start = forms.TimeField(widget=TimeInput)
    minutes = forms.IntegerField(min_value=1, max_value=100_000)
    authorization = AuthorizationField(required=False)
    room = RowField(queryset=None, required=False, empty_label="No room")
    override_reason = forms.CharField(
        label="Reason to book despite the conflict",
        required=False,
        max_length=300,
        validators=[validate_plain_text],
    )

    def __init__(
        self,
        data: Any = None,
        *,
        actor: Actor,
        patient: Patient,
        moves: Appointment | None = None,
        **kwargs: Any,
    ) -> None:
        """`moves` is the appointment to move: it may keep its service and room, active or not."""
        super().__init__(data, **kwargs)
        self.actor, self.patient = actor, patient
        self.authorizations = list(
            billing_access.authorizations(actor)
            .filter(patient=patient, status=Authorization.Status.ACTIVE)
            .select_related("payer")
            .order_by("end_date", "id")
        )
        people = accounts_access.practitioners(actor).active()
        if actor.role == Role.PRACTITIONER:
            people = people.filter(pk=actor.practitioner_id)
        self.fields["practitioner"].queryset = people
        self.fields["service_code"].queryset = _active_or_kept(
            moves.service_code_id if moves else None, billing_access.service_codes(actor)
        )
        self.fields["room"].queryset = _active_or_kept(
            moves.room_id if moves else None, access.rooms(actor).select_related("location")
        )
        self.fields["authorization"].choices = [
            ("", "The best one that covers the service"),
            *((str(one.pk), _described(one)) for one in self.authorizations),
            (PRIVATE, "None: private pay"),
        ]
        if not actor.may("appointment.override"):
            del self.fields["override_reason"]

    def prefill(self, entries: dict[str, Any]) -> None:
        """Bind the form to suggested entries, so that the units show at once. Call it first."""
        self.data, self.is_bound = entries, True

    def clean(self) -> dict[str, Any]:
        fields = self.cleaned_data
        if "day" in fields and "start" in fields:
            try:
                wall_time.instant(self.actor.organization, fields["day"], fields["start"])
            except DomainError as error:
                self.add_error("start", error.message)
        return fields

    def field_of(self, error: DomainError) -> str | None:
        """The field to which a service's error belongs."""
        if error.code in DAY_ERROR_CODES:
            return "day"
        return FORM_FIELDS.get(error.field or "", error.field)

    @property
    def messages(self) -> list[str]:
        """The messages that the form shows already."""
        return [f"{message}" for messages in self.errors.values() for message in messages]

    def times(self) -> tuple[datetime, datetime]:
        """Start and end as instants, of a valid form."""
        fields = self.cleaned_data
        starts_at = wall_time.instant(self.actor.organization, fields["day"], fields["start"])
        return starts_at, starts_at + timedelta(minutes=fields["minutes"])

    def chosen_authorization(self) -> AuthorizationChoice:
        value = self.cleaned_data["authorization"]
        if value == PRIVATE:
            return None
        return next((one for one in self.authorizations if str(one.pk) == value), BEST)


def _active_or_kept(kept: int | None, rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(Q(is_active=True) | Q(pk=kept))


def _described(authorization: Authorization) -> str:
    return (
        f"{authorization.number} · {authorization.payer} · {authorization.available_units} left, "
        f"until {authorization.end_date:%-d %b %Y}"
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=300, validators=[validate_plain_text], widget=forms.TextInput
    )


class CancelForm(forms.Form):
    """Staff enter who cancels and, optionally, why; patients enter nothing."""

    reason = forms.CharField(
        max_length=300,
        required=False,
        validators=[validate_plain_text],
    )
    cancelled_by = forms.ChoiceField(label="Who cancels", choices=Appointment.CancelledBy.choices)

    def __init__(self, data: Any = None, *, by_patient: bool, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if by_patient:
            self.fields.clear()
