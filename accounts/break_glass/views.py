from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts import access
from accounts.break_glass import services as break_glass
from accounts.break_glass.forms import BreakGlassForm
from accounts.permissions import allows
from accounts.web.form_pages import form_page
from accounts.web.requests import ClinicRequest


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
        template="accounts/break_glass/form.html",
        save=lambda actor, fields: break_glass.open(actor=actor, patient=found, **fields),
        success_url=lambda _: page,
        context={"patient": found, "cancel": actor.url("accounts:patients")},
        success_message="The record is open to you for 60 minutes.",
    )
