from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.permissions import require
from accounts.web.form_pages import form_page
from accounts.web.list_pages import list_page
from accounts.web.requests import ClinicRequest
from billing import access
from billing.service_codes import services as service_codes
from billing.service_codes.filters import ServiceCodeFilter
from billing.service_codes.forms import ServiceCodeForm
from billing.service_codes.tables import ServiceCodeTable
from billing.units import units_for

EXAMPLE_MINUTES = (7, 8, 15, 22, 23, 30, 38, 45, 53, 60, 90, 120)


def service_code_list(request: ClinicRequest) -> HttpResponse:
    require(request.actor.role, "service_code.view")
    return list_page(
        request,
        template="billing/service_codes/list.html",
        rows=access.service_codes(request.actor),
        table=ServiceCodeTable,
        filters=ServiceCodeFilter,
    )


def service_code(request: ClinicRequest, pk: int) -> HttpResponse:
    require(request.actor.role, "service_code.view")
    found = get_object_or_404(access.service_codes(request.actor), pk=pk)
    examples = [(minutes, units_for(found, minutes)) for minutes in EXAMPLE_MINUTES]
    return render(
        request, "billing/service_codes/detail.html", {"service_code": found, "examples": examples}
    )


def service_code_new(request: ClinicRequest) -> HttpResponse:
    return form_page(
        request,
        verb="service_code.create",
        form=ServiceCodeForm(request.POST or None),
        template="billing/service_codes/form.html",
        save=lambda actor, terms: service_codes.create(actor=actor, **terms),
        success_url=lambda created: request.actor.url("billing:service_code", pk=created.pk),
        context={"cancel": request.actor.url("billing:service_codes")},
        success_message="Service code added.",
    )


def service_code_edit(request: ClinicRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(access.service_codes(request.actor), pk=pk)
    page = request.actor.url("billing:service_code", pk=pk)
    return form_page(
        request,
        verb="service_code.update",
        form=ServiceCodeForm(request.POST or None, row=found),
        template="billing/service_codes/form.html",
        save=lambda actor, terms: service_codes.update(actor=actor, service_code=found, **terms),
        success_url=lambda _: page,
        context={"service_code": found, "cancel": page},
        success_message="Service code saved.",
    )
