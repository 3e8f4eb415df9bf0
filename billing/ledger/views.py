from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.errors import DomainError
from accounts.permissions import require
from accounts.web import wall_time
from accounts.web.form_pages import require_drawable
from accounts.web.list_pages import filtered, render_list, status_of
from accounts.web.requests import ClinicRequest
from accounts.writes import record_views
from billing import access, sources
from billing.ledger import replay
from billing.ledger.filters import EntryFilter
from billing.ledger.forms import BalanceForm
from billing.ledger.tables import EntryTable
from billing.models import Authorization


def entries(request: ClinicRequest, pk: int) -> HttpResponse:
    """The ledger entries of an authorization: all, or those that make up one figure."""
    authorization = _authorization(request, pk)
    chosen = EntryFilter(request.GET, queryset=replay.explain(authorization), request=request)
    table = filtered(request, EntryTable, chosen)
    shown = [row.record for row in table.paginated_rows]
    figure = chosen.form.cleaned_data.get("figure") or ""
    explained = sources.resolve(request.actor, (entry.source for entry in shown))
    return render_list(
        request,
        "billing/ledger/entries.html",
        {
            "authorization": authorization,
            "table": table,
            "filter": chosen,
            "figure": figure,
            "sum": chosen.sums()[figure] if figure else None,
            "sources": explained,
            "source": explained.get(chosen.form.cleaned_data.get("source") or ""),
        },
        status=status_of(chosen),
    )


def balance(request: ClinicRequest, pk: int) -> HttpResponse:
    """The balance at a date and time of the clinic's wall clock."""
    authorization = _authorization(request, pk)
    form = BalanceForm(request.GET if "date" in request.GET else None)

    def page(status: int = 200, **more: object) -> HttpResponse:
        context = {"authorization": authorization, "form": form, **more}
        return render(request, "billing/ledger/balance.html", context, status=status)

    def refused(error: DomainError) -> HttpResponse:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return page(error.status)

    if not form.is_bound:
        return page()
    if not form.is_valid():
        return page(422)
    asked, clinic = form.cleaned_data, request.actor.organization
    try:
        when = wall_time.instant(clinic, asked["date"], asked["time"], field="time")
    except DomainError as error:
        return refused(require_drawable(error))
    return page(when=when, balance=replay.balance_as_of(authorization, when))


def _authorization(request: ClinicRequest, pk: int) -> Authorization:
    """The authorization; records that the actor viewed it."""
    require(request.actor.role, "ledger.view")
    rows = access.authorizations(request.actor).select_related("patient", "payer")
    found: Authorization = get_object_or_404(rows, pk=pk)
    record_views.view(actor=request.actor, patient=found.patient, obj=found)
    return found
