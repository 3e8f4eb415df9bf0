from __future__ import annotations

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts import access
from accounts.audit.history import history
from accounts.models import CareTeamMember
from accounts.patients import services as patients
from accounts.patients.filters import WHOLE_CLINIC, PatientFilter
from accounts.patients.forms import PatientEditForm, PatientForm
from accounts.patients.tables import DirectoryTable, PatientTable
from accounts.permissions import require
from accounts.roles import Role
from accounts.web import panels
from accounts.web.form_pages import form_page
from accounts.web.list_pages import list_page
from accounts.web.requests import ClinicRequest
from accounts.writes import record_views

FINDS_CLOSED = (Role.PRACTITIONER, Role.SUPERADMIN)


TEAM = Prefetch("care_team", CareTeamMember.objects.select_related("practitioner"))


def patient_list(request: ClinicRequest) -> HttpResponse:
    actor = request.actor
    require(actor.role, "patient.list")
    whole_clinic = request.GET.get("scope") == WHOLE_CLINIC and actor.role in FINDS_CLOSED
    rows = access.patient_directory(actor) if whole_clinic else access.patients(actor)
    return list_page(
        request,
        template="accounts/patients/list.html",
        rows=rows if whole_clinic else rows.prefetch_related(TEAM),
        table=DirectoryTable if whole_clinic else PatientTable,
        filters=PatientFilter,
        listed_records="patients",
        context={"finds_closed": actor.role in FINDS_CLOSED and not whole_clinic},
    )


def patient(request: ClinicRequest, pk: int) -> HttpResponse:
    actor = request.actor
    found = access.patients(actor).prefetch_related("guardians", TEAM).filter(pk=pk).first()
    if found is None:
        get_object_or_404(access.patient_directory(actor), pk=pk)
        require(actor.role, "glass.break")
        return redirect(actor.url("accounts:patient_break_glass", pk=pk))
    record_views.view(actor=actor, patient=found)
    return render(
        request,
        "accounts/patients/detail.html",
        {
            "patient": found,
            "age": found.age_on(actor.organization.today()),
            "panels": panels.of_page("accounts:patient", actor, pk),
            "glass": access.open_glass(actor, found),
        },
    )


def patient_new(request: ClinicRequest) -> HttpResponse:
    return form_page(
        request,
        verb="patient.create",
        form=PatientForm(request.POST or None),
        template="accounts/web/form.html",
        save=lambda actor, fields: patients.create(actor=actor, **fields),
        success_url=lambda created: request.actor.url("accounts:patient", pk=created.pk),
        context={
            "title": "New patient",
            "parent": "Patients",
            "cancel": request.actor.url("accounts:patients"),
            "columns": True,
        },
        success_message="Patient added.",
    )


def patient_edit(request: ClinicRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(access.patients(request.actor), pk=pk)
    page = request.actor.url("accounts:patient", pk=pk)
    return form_page(
        request,
        verb="patient.update",
        form=PatientEditForm(request.POST or None, row=found),
        template="accounts/web/form.html",
        save=lambda actor, fields: patients.update(actor=actor, patient=found, **fields),
        success_url=lambda _: page,
        context={"title": "Edit patient", "parent": found, "cancel": page, "columns": True},
        success_message="Patient saved.",
        viewed_patient=found,
    )


def patient_history(request: ClinicRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(access.patients(request.actor), pk=pk)
    return history(request, found)
