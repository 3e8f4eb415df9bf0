from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from accounts import access
from accounts.guardians import services as guardians
from accounts.guardians.forms import GuardianForm
from accounts.web.form_pages import form_page
from accounts.web.requests import ClinicRequest


def guardian_new(request: ClinicRequest, pk: int) -> HttpResponse:
    patient = get_object_or_404(access.patients(request.actor), pk=pk)
    page = request.actor.url("accounts:patient", pk=pk)
    return form_page(
        request,
        verb="guardian.add",
        form=GuardianForm(request.POST or None, initial={"may_sign_in": True}),
        template="accounts/web/form.html",
        save=lambda actor, fields: guardians.add(actor=actor, patient=patient, **fields),
        success_url=lambda _: page,
        context={"title": "New guardian", "parent": patient, "cancel": page},
        success_message="Guardian added.",
    )


def guardian_edit(request: ClinicRequest, pk: int) -> HttpResponse:
    guardian = get_object_or_404(access.guardians(request.actor).select_related("patient"), pk=pk)
    page = request.actor.url("accounts:patient", pk=guardian.patient_id)
    return form_page(
        request,
        verb="guardian.update",
        form=GuardianForm(request.POST or None, row=guardian),
        template="accounts/web/form.html",
        save=lambda actor, fields: guardians.update(actor=actor, guardian=guardian, **fields),
        success_url=lambda _: page,
        context={"title": "Edit guardian", "parent": guardian.patient, "cancel": page},
        success_message="Guardian saved.",
        viewed_patient=guardian.patient,
    )
