from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.template import Template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts import history
from accounts.models import (
    ApiKey,
    Event,
    Invitation,
    Membership,
    Patient,
    Practitioner,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from accounts.models.api import SCOPES
from accounts.templatetags.caretally import day, moment, status_mark

ROW_LINK = {"a": {"class": "row-link"}}
FIGURE = {"td": {"class": "num"}, "th": {"class": "num"}}
FIT = {"td": {"class": "fit"}}
MONO = {"td": {"class": "mono"}}


def _url(table: tables.Table, name: str, pk: int) -> str:
    return table.request.actor.url(name, pk=pk)


def active_mark(is_active: bool) -> SafeString:
    return status_mark("active" if is_active else "inactive")


class Cell(tables.TemplateColumn):
    """A cell by its template, drawn in its page's context.

    The library makes each cell a context of its own and runs every context processor for it.
    """

    def __init__(self, template_name: str, **kwargs: Any) -> None:
        super().__init__(template_name=template_name, **kwargs)

    def render(self, record: Any, table: tables.Table, **kwargs: Any) -> SafeString:
        own = self.get_context_data(record=record, table=table, **kwargs)
        template: Template = table.context.template.engine.get_template(self.template_name)
        with table.context.update(own):
            return template.render(table.context)


class DirectoryTable(tables.Table):
    """What may be said of a patient whose record is not open: enough to know them by."""

    name = tables.Column(
        accessor="display_name",
        verbose_name="Patient",
        order_by=("legal_last_name", "legal_first_name", "id"),
        attrs=ROW_LINK,
        linkify=lambda record, table: _url(table, "accounts:patient", record.pk),
    )
    mrn = tables.Column(verbose_name="MRN", attrs=FIT)
    date_of_birth = tables.Column(verbose_name="Born", attrs=FIT)
    is_active = tables.Column(verbose_name="State")

    class Meta:
        model = Patient
        fields = ("name", "mrn", "date_of_birth", "is_active")
        attrs = {"caption": "Patients"}
        empty_text = "No patient matches. Try another spelling or clear the filters."

    def render_date_of_birth(self, value: Any, record: Patient) -> SafeString:
        age = record.age_on(self.request.actor.organization.today())
        return format_html(
            '<span class="num">{} <span class="muted">({})</span></span>',
            f"{value:%-d %b %Y}",
            age,
        )

    def render_is_active(self, value: bool) -> SafeString:
        return active_mark(value)


class PatientTable(DirectoryTable):
    care_team = tables.Column(empty_values=(), orderable=False, verbose_name="Care team")

    class Meta(DirectoryTable.Meta):
        sequence = ("name", "mrn", "date_of_birth", "care_team", "is_active")

    def render_care_team(self, record: Patient) -> str:
        names = [member.practitioner.name for member in record.care_team.all()]
        return ", ".join(names) or "–"


class PractitionerTable(tables.Table):
    name = tables.Column(
        accessor="name",
        verbose_name="Practitioner",
        order_by=("last_name", "first_name", "id"),
        attrs=ROW_LINK,
        linkify=lambda record, table: _url(table, "accounts:practitioner", record.pk),
    )
    npi = tables.Column(verbose_name="NPI", attrs=FIT, default="–")
    supervisor = tables.Column(accessor="supervisor__name", orderable=False, default="–")
    patients = tables.Column(accessor="patient_count", attrs=FIGURE)
    signs_in = tables.Column(accessor="user", orderable=False, default="–", verbose_name="Signs in")
    is_active = tables.Column(verbose_name="State")

    class Meta:
        model = Practitioner
        fields = ("name", "credential", "npi", "supervisor", "patients", "signs_in", "is_active")
        attrs = {"caption": "Practitioners"}
        empty_text = "No practitioner matches. Clear the filters, or add one."

    def render_is_active(self, value: bool) -> SafeString:
        return active_mark(value)


class MemberTable(tables.Table):
    name = tables.Column(accessor="user", verbose_name="Member", order_by=("user__name",))
    email = tables.Column(accessor="user__email", verbose_name="E-mail")
    since = tables.Column(accessor="created_at", attrs=FIT, verbose_name="Since")
    is_active = tables.Column(verbose_name="State")
    actions = Cell("accounts/cells/member.html", orderable=False, verbose_name="")

    class Meta:
        model = Membership
        fields = ("name", "email", "role", "since", "is_active", "actions")
        attrs = {"caption": "Members"}
        empty_text = "No members yet. Invite somebody."

    def render_since(self, value: Any) -> SafeString:
        return day(value, year=True)

    def render_is_active(self, value: bool, record: Membership) -> SafeString:
        return active_mark(value and record.user.is_active)


class InvitationTable(tables.Table):
    expires_at = tables.Column(verbose_name="Valid until", attrs=FIT)
    state = tables.Column(empty_values=(), orderable=False)
    actions = Cell("accounts/cells/invitation.html", orderable=False, verbose_name="")

    class Meta:
        model = Invitation
        fields = ("email", "role", "invited_by", "expires_at", "state", "actions")
        attrs = {"caption": "Open invitations"}
        prefix = "invited-"
        empty_text = "No open invitations"

    def render_expires_at(self, value: Any) -> SafeString:
        return moment(value)

    def render_state(self, record: Invitation) -> SafeString:
        if record.is_open:
            return status_mark("pending", label="Waiting")
        return status_mark("expired")


class ApiKeyTable(tables.Table):
    prefix = tables.Column(verbose_name="Begins with", orderable=False, attrs=MONO)
    scopes = tables.Column(orderable=False)
    last_used_at = tables.Column(verbose_name="Last used", attrs=FIT, default="Never")
    expires_at = tables.Column(verbose_name="Valid until", attrs=FIT, default="No end")
    state = tables.Column(orderable=False)
    actions = Cell("accounts/cells/api_key.html", orderable=False, verbose_name="")

    class Meta:
        model = ApiKey
        fields = (
            "name", "prefix", "role", "scopes", "last_used_at", "expires_at", "state", "actions",
        )  # fmt: skip
        attrs = {"caption": "API keys"}
        empty_text = "No keys. Make one for each program that shall use the API."

    def render_scopes(self, value: list[str]) -> str:
        return ", ".join(value) if len(value) < len(SCOPES) else "All"

    def render_last_used_at(self, value: Any) -> SafeString:
        return moment(value)

    def render_expires_at(self, value: Any) -> SafeString:
        return day(value, year=True)

    def render_state(self, value: str) -> SafeString:
        return status_mark(value)


class EventTable(tables.Table):
    at = tables.Column(verbose_name="When", attrs=FIT)
    who = tables.Column(accessor="actor", empty_values=(), orderable=False, verbose_name="Who")
    action = tables.Column(orderable=False)
    patient = tables.Column(orderable=False, default="–")
    about = tables.Column(empty_values=(), orderable=False)
    details = tables.Column(empty_values=(), orderable=False)
    address = tables.Column(orderable=False, default="–", verbose_name="From")

    class Meta:
        model = Event
        fields = ("at", "who", "action", "patient", "about", "details", "address")
        attrs = {"caption": "Audit log"}
        empty_text = "No events match. Widen the dates or clear the filters."

    def render_at(self, value: Any) -> SafeString:
        clock = f"{self.request.actor.organization.local(value):%H:%M:%S}"
        return format_html('{} <span class="sub num">{}</span>', day(value), clock)

    def render_who(self, record: Event) -> SafeString:
        return format_html('{} <span class="sub">{}</span>', history.who(record), record.actor_role)

    def render_action(self, record: Event) -> SafeString:
        return format_html(
            '{} <span class="sub mono">{}</span>', history.what(record), record.action
        )

    def render_about(self, record: Event) -> str | SafeString:
        name = history.object_name(record)
        url = history.page_of(self.request.actor, record.object_type, record.object_id)
        return format_html('<a href="{}">{}</a>', url, name) if url else name

    def before_render(self, request: Any) -> None:
        shown = [row.record for row in self.paginated_rows]
        self.named = history.names(request.actor, shown)

    def render_details(self, record: Event) -> str:
        zone = self.request.actor.organization.zone
        return history.details(record, zone, self.named) or "–"

    def order_at(self, queryset: Any, is_descending: bool) -> tuple[Any, bool]:
        order = ("-at", "-id") if is_descending else ("at", "id")
        return queryset.order_by(*order), True


class WebhookTable(tables.Table):
    url = tables.Column(
        attrs={**ROW_LINK, **MONO},
        linkify=lambda record, table: _url(table, "accounts:webhook", record.pk),
    )
    event_types = tables.Column(orderable=False, verbose_name="Events")
    state = tables.Column(orderable=False)

    class Meta:
        model = WebhookEndpoint
        fields = ("url", "description", "event_types", "state")
        attrs = {"caption": "Webhooks"}
        empty_text = "No webhooks. Add one for each program that is to be told what happens here."

    def render_event_types(self, value: list[str]) -> str:
        return "Everything" if "*" in value else ", ".join(value)

    def render_state(self, value: str) -> SafeString:
        return status_mark(value)


class DeliveryTable(tables.Table):
    event_type = tables.Column(
        verbose_name="Event",
        attrs={**ROW_LINK, **MONO},
        linkify=lambda record, table: _url(table, "accounts:webhook_delivery", record.pk),
    )
    created_at = tables.Column(verbose_name="When", attrs=FIT)
    status = tables.Column(orderable=False)
    attempt_count = tables.Column(verbose_name="Attempts", attrs=FIGURE, orderable=False)
    next_attempt_at = tables.Column(
        verbose_name="Next attempt", attrs=FIT, orderable=False, default="–"
    )

    class Meta:
        model = WebhookDelivery
        fields = ("event_type", "created_at", "status", "attempt_count", "next_attempt_at")
        attrs = {"caption": "Deliveries"}
        empty_text = "Nothing was sent that matches. Deliveries are kept for 30 days."

    def render_created_at(self, value: Any) -> SafeString:
        return moment(value)

    def render_next_attempt_at(self, value: Any) -> SafeString:
        return moment(value)

    def render_status(self, record: WebhookDelivery) -> SafeString:
        return status_mark(record.status)


class AttemptTable(tables.Table):
    at = tables.Column(verbose_name="When", attrs=FIT, orderable=False)
    outcome = tables.Column(empty_values=(), orderable=False)
    duration_ms = tables.Column(verbose_name="Milliseconds", attrs=FIGURE, orderable=False)
    response = tables.Column(
        verbose_name="The answer began with", attrs=MONO, orderable=False, default="–"
    )

    class Meta:
        model = WebhookAttempt
        fields = ("at", "outcome", "duration_ms", "response")
        attrs = {"caption": "Attempts"}
        empty_text = "Not attempted yet."

    def render_at(self, value: Any) -> SafeString:
        clock = f"{self.request.actor.organization.local(value):%H:%M:%S}"
        return format_html('{} <span class="sub num">{}</span>', day(value), clock)

    def render_outcome(self, record: WebhookAttempt) -> str:
        code = str(record.status_code or "")
        return " · ".join(part for part in (code, record.error) if part)
