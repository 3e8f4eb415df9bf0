from __future__ import annotations

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts import access
from accounts.audit.history import history
from accounts.permissions import require
from accounts.practitioners import services as practitioners
from accounts.practitioners.filters import PractitionerFilter
from accounts.practitioners.forms import PractitionerForm
from accounts.practitioners.tables import PractitionerTable
from accounts.web.form_pages import form_page
from accounts.web.list_pages import list_page
from accounts.web.requests import ClinicRequest


def practitioner_list(request: ClinicRequest) -> HttpResponse:
    require(request.actor.role, "practitioner.view")
    rows = access.practitioners(request.actor).select_related("supervisor", "user")
    return list_page(
        request,
        template="accounts/practitioners/list.html",
        rows=rows.annotate(patient_count=Count("care_team")),
        table=PractitionerTable,
        filters=PractitionerFilter,
    )


def practitioner(request: ClinicRequest, pk: int) -> HttpResponse:
    require(request.actor.role, "practitioner.view")
    rows = access.practitioners(request.actor).select_related("supervisor", "user")
    found = get_object_or_404(rows.annotate(patient_count=Count("care_team")), pk=pk)
    return render(
        request,
        "accounts/practitioners/detail.html",
        {"practitioner": found, "supervisees": found.supervisees.filter(is_active=True)},
    )


def practitioner_new(request: ClinicRequest) -> HttpResponse:
    return form_page(
        request,
        verb="practitioner.create",
        form=PractitionerForm(request.actor, request.POST or None),
        template="accounts/web/form.html",
        save=lambda actor, fields: practitioners.create(actor=actor, **fields),
        success_url=lambda created: request.actor.url("accounts:practitioner", pk=created.pk),
        context={
            "title": "New practitioner",
            "parent": "Practitioners",
            "cancel": request.actor.url("accounts:practitioners"),
            "columns": True,
        },
        success_message="Practitioner added.",
    )


def practitioner_edit(request: ClinicRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(access.practitioners(request.actor), pk=pk)
    page = request.actor.url("accounts:practitioner", pk=pk)
    return form_page(
        request,
        verb="practitioner.update",
        form=PractitionerForm(request.actor, request.POST or None, row=found),
        template="accounts/web/form.html",
        save=lambda actor, fields: practitioners.update(actor=actor, practitioner=found, **fields),
        success_url=lambda _: page,
        context={"title": "Edit practitioner", "parent": found, "cancel": page, "columns": True},
        success_message="Practitioner saved.",
    )


def practitioner_history(request: ClinicRequest, pk: int) -> HttpResponse:
    """For roles that may read the audit log, since it concerns no patient."""
    require(request.actor.role, "event.view")
    return history(request, get_object_or_404(access.practitioners(request.actor), pk=pk))
