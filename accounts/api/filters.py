"""What the API's lists are filtered by beyond what the pages ask; days are the clinic's own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import access
from accounts.filters import (
    ActiveFilter,
    ApiKeyFilter,
    DayFilter,
    EventFilter,
    IdFilter,
    OpenPatientFilter,
    PractitionerFilter,
    WebhookDeliveryFilter,
)
from accounts.models import (
    ApiKey,
    BreakGlass,
    CareTeamMember,
    Event,
    Guardian,
    Invitation,
    Membership,
    Organization,
    Patient,
    Practitioner,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from accounts.roles import Role


class SearchFilter(django_filters.FilterSet):
    """Every word stands in one of the fields that are `searched`."""

    search = django_filters.CharFilter(label="Search", method="by_words", max_length=100)

    searched: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        for word in text.split()[:8]:
            found = Q()
            for field in self.searched:
                found |= Q(**{f"{field}__icontains": word})
            rows = rows.filter(found)
        return rows


class DaysFilter(django_filters.FilterSet):
    """From the first day to the last, both included."""

    first = DayFilter(label="The first day", method="since")
    last = DayFilter(label="The last day", method="until")

    instant = "created_at"

    def since(self, rows: QuerySet[Any], name: str, day: Any) -> QuerySet[Any]:
        start = self.request.actor.organization.midnight(day)
        return rows.filter(**{f"{self.instant}__gte": start})

    def until(self, rows: QuerySet[Any], name: str, day: Any) -> QuerySet[Any]:
        end = self.request.actor.organization.midnight(day + timedelta(days=1))
        return rows.filter(**{f"{self.instant}__lt": end})


class PatientListFilter(OpenPatientFilter, DaysFilter):
    class Meta:
        model = Patient
        fields: list[str] = []


class GuardianListFilter(SearchFilter):
    patient = IdFilter(label="Patient")

    searched = ("name", "email", "phone")

    class Meta:
        model = Guardian
        fields: list[str] = []


class CareTeamListFilter(SearchFilter, DaysFilter):
    patient = IdFilter(label="Patient")
    practitioner = IdFilter(label="Practitioner")

    searched = ("practitioner__first_name", "practitioner__last_name")
    instant = "since"

    class Meta:
        model = CareTeamMember
        fields: list[str] = []


class PractitionerListFilter(PractitionerFilter):
    supervisor = IdFilter(label="Supervisor")

    class Meta:
        model = Practitioner
        fields: list[str] = []


class MemberListFilter(SearchFilter, DaysFilter):
    role = django_filters.ChoiceFilter(label="Role", choices=Role.member_choices())
    state = ActiveFilter()
    user = IdFilter(label="User")

    searched = ("user__name", "user__email")

    class Meta:
        model = Membership
        fields: list[str] = []


class InvitationListFilter(SearchFilter, DaysFilter):
    role = django_filters.ChoiceFilter(label="Role", choices=Role.member_choices())
    state = django_filters.ChoiceFilter(
        label="State", choices=Invitation.State.choices, method="in_state"
    )
    patient = IdFilter(label="Patient")

    searched = ("email",)

    class Meta:
        model = Invitation
        fields: list[str] = []

    def in_state(self, rows: Any, name: str, value: str) -> Any:
        return rows.in_state(Invitation.State(value))


class EventListFilter(EventFilter):
    search = django_filters.CharFilter(
        label="Search: action or the request's id", method="by_words", max_length=100
    )
    patient = IdFilter(label="Patient")
    actor = IdFilter(label="Who")
    api_key = IdFilter(label="By which key")

    class Meta:
        model = Event
        fields: list[str] = []

    def by_words(self, rows: QuerySet[Event], name: str, text: str) -> QuerySet[Event]:
        words = text.strip().replace(" ", "_")
        return rows.filter(Q(action__icontains=words) | Q(request_id=text.strip()))


class BreakGlassListFilter(DaysFilter):
    search = django_filters.CharFilter(
        label="Search: the patient's name or MRN, or the reason", method="by_words", max_length=100
    )
    state = django_filters.ChoiceFilter(
        label="State", choices=[("open", "Open"), ("over", "Over")], method="in_state"
    )
    patient = IdFilter(label="Patient")
    user = IdFilter(label="User")

    instant = "granted_at"

    class Meta:
        model = BreakGlass
        fields: list[str] = []

    def by_words(self, rows: QuerySet[BreakGlass], name: str, text: str) -> QuerySet[BreakGlass]:
        patients = access.patient_directory(self.request.actor).search(text)
        return rows.filter(
            Q(patient__in=patients.order_by().values("pk")) | Q(reason__icontains=text)
        )

    def in_state(self, rows: QuerySet[BreakGlass], name: str, value: str) -> QuerySet[BreakGlass]:
        is_open = Q(expires_at__gt=timezone.now())
        return rows.filter(is_open if value == "open" else ~is_open)


class OrganizationListFilter(SearchFilter):
    searched = ("name", "slug")

    class Meta:
        model = Organization
        fields: list[str] = []


class WebhookListFilter(SearchFilter):
    state = django_filters.ChoiceFilter(
        label="State", method="by_state", choices=[("active", "On"), ("disabled", "Off")]
    )

    searched = ("url", "description")

    class Meta:
        model = WebhookEndpoint
        fields: list[str] = []

    def by_state(
        self, rows: QuerySet[WebhookEndpoint], name: str, value: str
    ) -> QuerySet[WebhookEndpoint]:
        return rows.filter(is_active=value == "active")


class ApiKeyListFilter(ApiKeyFilter, SearchFilter, DaysFilter):
    role = django_filters.ChoiceFilter(label="Role", choices=[(one, one) for one in ApiKey.ROLES])

    searched = ("name", "prefix")

    class Meta:
        model = ApiKey
        fields: list[str] = []


class WebhookDeliveryListFilter(WebhookDeliveryFilter):
    search = django_filters.CharFilter(
        label="Search: the event's type, or the message's id", method="by_words", max_length=100
    )
    webhook = IdFilter(label="Webhook", field_name="endpoint")
    object_id = IdFilter(label="The id of what it is about")

    class Meta:
        model = WebhookDelivery
        fields: list[str] = []

    def by_words(
        self, rows: QuerySet[WebhookDelivery], name: str, text: str
    ) -> QuerySet[WebhookDelivery]:
        words = text.strip()
        try:
            return rows.filter(message_id=UUID(words.removeprefix("msg_")))
        except ValueError:
            return rows.filter(event_type__icontains=words)


class AttemptListFilter(DaysFilter):
    outcome = django_filters.ChoiceFilter(
        label="What came of it",
        method="by_outcome",
        choices=[("delivered", "Delivered"), ("failed", "Failed")],
    )

    instant = "at"

    class Meta:
        model = WebhookAttempt
        fields: list[str] = []

    def by_outcome(
        self, rows: QuerySet[WebhookAttempt], name: str, value: str
    ) -> QuerySet[WebhookAttempt]:
        is_delivered = Q(error="", status_code__gte=200, status_code__lt=300)
        return rows.filter(is_delivered if value == "delivered" else ~is_delivered)
