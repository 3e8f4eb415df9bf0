from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from accounts.web.form_pages import form_page
from accounts.web.requests import ClinicRequest, day_in
from billing import access as billing_access
from scheduling.authorization_dates import services as authorization_dates
from scheduling.authorization_dates.forms import DatesForm


def authorization_dates_page(request: ClinicRequest, pk: int) -> HttpResponse:
    """Change the dates, and choose what happens to the appointments outside them."""
    actor = request.actor
    rows = billing_access.authorizations(actor).select_related("patient")
    found = get_object_or_404(rows, pk=pk)
    page = actor.url("billing:authorization", pk=pk)
    asked = {
        "start_date": day_in(request.GET.get("start_date", "")) or found.start_date,
        "end_date": day_in(request.GET.get("end_date", "")) or found.end_date,
    }
    form = DatesForm(request.POST or None, actor=actor, authorization=found, initial=asked)
    dates = form.cleaned_data if form.is_bound and form.is_valid() else asked
    outside = authorization_dates.outside(found, dates["start_date"], dates["end_date"])
    return form_page(
        request,
        verb="authorization.shorten",
        form=form,
        template="scheduling/authorization_dates/form.html",
        save=lambda actor, fields: authorization_dates.change(
            actor=actor,
            authorization=found,
            start_date=fields["start_date"],
            end_date=fields["end_date"],
            expected_digest=request.POST.get("expected_digest", ""),
            target_authorization=form.target_authorization(),
        ),
        success_url=lambda _: page,
        context={"authorization": found, "cancel": page, "outside": outside},
        success_message="Dates changed.",
        viewed_patient=found.patient,
    )
