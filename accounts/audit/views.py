from __future__ import annotations

from typing import Any

from django.core.paginator import EmptyPage, PageNotAnInteger
from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django_tables2.config import RequestConfig
from django_tables2.paginators import LazyPaginator

from accounts import access
from accounts.audit.csv_export import event_rows, streamed
from accounts.audit.filters import EventFilter
from accounts.audit.tables import EventTable
from accounts.models import Event
from accounts.permissions import require
from accounts.web.list_pages import PAGE_SIZE, in_use, refusals, render_list, status_of
from accounts.web.requests import ClinicRequest
from accounts.writes import record_views

# The actions of this many latest events are offered as choices.
RECENT_EVENTS = 1000
LAST_PAGE = 10**12


class Uncounted(LazyPaginator):
    """A paginator without a total: counting millions of events would take too long."""

    count = None

    def validate_number(self, number: Any) -> int:
        found: int = super().validate_number(number)
        if found > LAST_PAGE:
            raise EmptyPage("No database counts so far.")
        return found


def audit(request: ClinicRequest) -> HttpResponse:
    require(request.actor.role, "event.view")
    chosen = EventFilter(request.GET, queryset=_events(request), request=request)
    table = EventTable(chosen.qs if chosen.is_valid() else Event.objects.none())
    table.refusals = refusals(chosen)
    RequestConfig(request, paginate=False).configure(table)
    try:
        table.paginate(Uncounted, page=request.GET.get("page", 1), per_page=PAGE_SIZE)
    except (EmptyPage, PageNotAnInteger):
        table.paginate(Uncounted, page=1, per_page=PAGE_SIZE)
    return render_list(
        request,
        "accounts/audit/list.html",
        {"table": table, "filter": chosen, "actions": _latest_actions(request)},
        status=status_of(chosen),
    )


def audit_export(request: ClinicRequest) -> HttpResponseBase:
    """The filtered events as CSV, streamed from the database."""
    chosen = EventFilter(request.GET, queryset=_events(request), request=request)
    if not chosen.is_valid():
        return audit(request)
    record_views.exported(actor=request.actor, filters=in_use(chosen), ids=_ids(chosen))
    slug, today = request.actor.organization.slug, request.actor.organization.today()
    return streamed(event_rows(request.actor, chosen.qs), filename=f"audit-{slug}-{today}.csv")


def _events(request: ClinicRequest) -> QuerySet[Event]:
    return access.events(request.actor).select_related("actor", "api_key", "patient", "break_glass")


def _ids(chosen: EventFilter) -> dict[str, int]:
    """Primary keys of the rows that filters selected."""
    found = chosen.form.cleaned_data.items()
    return {name: row.pk for name, row in found if isinstance(row, Model)}


def _latest_actions(request: ClinicRequest) -> QuerySet[Any]:
    latest = access.events(request.actor).values("pk")[:RECENT_EVENTS]
    of_them = Event.objects.filter(pk__in=latest).order_by("action")
    return of_them.values_list("action", flat=True).distinct()
