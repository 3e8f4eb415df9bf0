from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from accounts.permissions import require
from accounts.search.queries import find
from accounts.web.requests import ClinicRequest
from accounts.writes import record_views

MAX_QUERY_LENGTH = 100


def search(request: ClinicRequest) -> HttpResponse:
    """Patients by name, MRN or date of birth: a page, or the list under the search field."""
    require(request.actor.role, "patient.list")
    text = request.GET.get("q", "").replace("\0", "")[:MAX_QUERY_LENGTH]
    template = "components/search_results.html" if request.htmx else "accounts/search/results.html"
    results = find(request.actor, text)
    found = [result["patient"] for result in results]
    record_views.listed(actor=request.actor, of="search", patients=found)
    return render(request, template, {"q": text, "results": results})
