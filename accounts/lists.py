"""How a page shows a list: filtered, sorted and cut into pages by the database."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.core.paginator import EmptyPage, PageNotAnInteger
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django_tables2.config import RequestConfig

from accounts.http import ClinicRequest

PAGE_SIZE = 25


def list_page(
    request: ClinicRequest,
    *,
    template: str,
    rows: QuerySet[Any],
    table: type[tables.Table],
    filters: type[django_filters.FilterSet] | None = None,
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    """Render `template` with `table` and `filter`; the address says filters, order and page."""
    chosen = filters(request.GET, queryset=rows, request=request) if filters else None
    drawn = paged(request, table(chosen.qs if chosen else rows))
    return render(request, template, {"table": drawn, "filter": chosen, **(context or {})})


def paged(request: ClinicRequest, table: tables.Table) -> tables.Table:
    """Sort as the address says, and keep to its page; past the end means the last one."""
    RequestConfig(request, paginate=False).configure(table)
    try:
        table.paginate(page=request.GET.get(table.prefixed_page_field, 1), per_page=PAGE_SIZE)
    except PageNotAnInteger:
        table.page = table.paginator.page(1)
    except EmptyPage:
        table.page = table.paginator.page(table.paginator.num_pages)
    return table
