from __future__ import annotations

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts import access, panels
from accounts.filters import WHOLE_CLINIC, PatientFilter
from accounts.forms.patient import BreakGlassForm, PatientEditForm, PatientForm
from accounts.http import ClinicRequest
from accounts.lists import list_page
from accounts.models import CareTeamMember
from accounts.pages import form_page
from accounts.permissions import allows, require
from accounts.roles import Role
from accounts.services import break_glass, patients, records
from accounts.tables import DirectoryTable, PatientTable
from accounts.views.history import history

FINDS_CLOSED = (Role.PRACTITIONER, Role.SUPERADMIN)
TEAM = Prefetch("care_team", CareTeamMember.objects.select_related("practitioner"))


def patient_list(request: ClinicRequest) -> HttpResponse:
    actor = request.actor
    require(actor.role, "patient.list")
    whole_clinic = request.GET.get("scope") == WHOLE_CLINIC and actor.role in FINDS_CLOSED
    rows = access.patient_directory(actor) if whole_clinic else access.patients(actor)
    return list_page(
        request,
        template="accounts/patients.html",
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
    records.view(actor=actor, patient=found)
    return render(
        request,
        "accounts/patient.html",
        {
            "patient": found,
            "age": found.age_on(actor.organization.today()),
            "panels": panels.for_patient(actor, pk),
            "glass": access.open_glass(actor, found),
        },
    )


def patient_new(request: ClinicRequest) -> HttpResponse:
    return form_page(
        request,
        verb="patient.create",
        form=PatientForm(request.POST or None),
        template="accounts/form.html",
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
        template="accounts/form.html",
        save=lambda actor, fields: patients.update(actor=actor, patient=found, **fields),
        success_url=lambda _: page,
        context={"title": "Edit patient", "parent": found, "cancel": page, "columns": True},
        success_message="Patient saved.",
        viewed_patient=found,
    )


def patient_break_glass(request: ClinicRequest, pk: int) -> HttpResponse:
    actor = request.actor
    found = get_object_or_404(access.patient_directory(actor), pk=pk)
    page = actor.url("accounts:patient", pk=pk)
    if allows(actor.role, "glass.break") and access.patients(actor).filter(pk=pk).exists():
        return redirect(page)
    return form_page(
        request,
        verb="glass.break",
        form=BreakGlassForm(request.POST or None),
        template="accounts/break_glass.html",
        save=lambda actor, fields: break_glass.open(actor=actor, patient=found, **fields),
        success_url=lambda _: page,
        context={"patient": found, "cancel": actor.url("accounts:patients")},
        success_message="The record is open to you for 60 minutes.",
    )


def patient_history(request: ClinicRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(access.patients(request.actor), pk=pk)
    return history(request, found)
