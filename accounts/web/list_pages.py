"""List pages: filtered, sorted and paginated by the database."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.core.paginator import EmptyPage, PageNotAnInteger
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django_tables2.config import RequestConfig

from accounts.models import Patient
from accounts.web.requests import ClinicRequest
from accounts.writes import record_views

PAGE_SIZE = 25
RESULTS = "results"  # the partial that is rendered again when filters, order or page change


def list_page(
    request: ClinicRequest,
    *,
    template: str,
    rows: QuerySet[Any],
    table: type[tables.Table],
    filters: type[django_filters.FilterSet] | None = None,
    context: dict[str, Any] | None = None,
    listed_records: str = "",
) -> HttpResponse:
    """Render `template` with `table` and `filter`; filters, order and page come from the address.

    `listed_records` names what the rows are if they show patients' data: the patients are recorded.
    """
    chosen = filters(request.GET, queryset=rows, request=request) if filters else None
    drawn = filtered(request, table, chosen) if chosen else paged(request, table(rows))
    if listed_records:
        record_views.listed(
            actor=request.actor,
            of=listed_records,
            patients=[patient_id(row) for row in drawn.page.object_list.data],
            filters=in_use(chosen),
        )
    context = {"table": drawn, "filter": chosen, **(context or {})}
    return render_list(request, template, context, status=status_of(chosen))


def render_list(
    request: ClinicRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a page with a list, or only its partial `results` when htmx updates the list."""
    part = f"#{RESULTS}" if request.htmx.target == RESULTS else ""
    return render(request, template + part, context, status=status)


def patient_id(row: Any) -> int | None:
    """The id of the patient that a row is about, if it is about one."""
    found: int | None = row.pk if isinstance(row, Patient) else getattr(row, "patient_id", None)
    return found


def in_use(chosen: django_filters.FilterSet | None) -> list[str]:
    """The names of the filters that have a value."""
    return [name for name in chosen.filters if chosen.data.get(name)] if chosen else []


def status_of(chosen: django_filters.FilterSet | None) -> int:
    return 200 if chosen is None or chosen.is_valid() else 422


def filtered(
    request: ClinicRequest, table: type[tables.Table], chosen: django_filters.FilterSet
) -> tables.Table:
    """The table of the filtered rows; empty, with the reasons, if a filter is not valid."""
    if chosen.is_valid():
        return paged(request, table(chosen.qs))
    drawn = table(chosen.queryset.none())
    drawn.refusals = refusals(chosen)
    return paged(request, drawn)


def refusals(chosen: django_filters.FilterSet) -> list[str]:
    """The error of each filter that is not valid."""
    fields = chosen.form.fields
    return [
        f"{fields[name].label}: {message}"
        for name, messages in chosen.form.errors.items()
        for message in messages
    ]


def paged(request: ClinicRequest, table: tables.Table) -> tables.Table:
    """Sort and paginate as the address asks; a page past the end means the last one."""
    RequestConfig(request, paginate=False).configure(table)
    try:
        table.paginate(page=request.GET.get(table.prefixed_page_field, 1), per_page=PAGE_SIZE)
    except PageNotAnInteger:
        table.page = table.paginator.page(1)
    except EmptyPage:
        table.page = table.paginator.page(table.paginator.num_pages)
    return table
