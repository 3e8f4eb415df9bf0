from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts import access as accounts_access
from accounts.permissions import require
from accounts.web.form_pages import form_page
from accounts.web.requests import ClinicRequest
from accounts.writes import record_views
from billing import access
from billing.models import EligibilityCheck, InsurancePolicy
from billing.policies import eligibility
from billing.policies import services as policies
from billing.policies.forms import EligibilityForm, EndPolicyForm, PolicyEditForm, PolicyForm

MAX_CHECKS_LISTED = 20


def patient_insurance(request: ClinicRequest, pk: int) -> HttpResponse:
    """A patient's policies and units: a page, or the part of the patient's page for htmx."""
    actor = request.actor
    require(actor.role, "authorization.view")
    patient = get_object_or_404(accounts_access.patients(actor), pk=pk)
    record_views.view_part(actor=actor, patient=patient)
    today = actor.organization.today()
    authorizations = access.authorizations(actor).filter(patient=patient)
    return render(
        request,
        "billing/policies/patient_insurance.html" + ("#insurance" if request.htmx else ""),
        {
            "patient": patient,
            "policies": access.policies(actor).filter(patient=patient).select_related("payer"),
            "authorizations": authorizations.with_state(today=today)
            .in_use_first(today=today)
            .with_services(),
            "today": today,
        },
    )


def policy_new(request: ClinicRequest, pk: int) -> HttpResponse:
    patient = get_object_or_404(accounts_access.patients(request.actor), pk=pk)
    page = request.actor.url("accounts:patient", pk=pk)
    return form_page(
        request,
        verb="policy.create",
        form=PolicyForm(request.actor, request.POST or None),
        template="billing/policies/form.html",
        save=lambda actor, fields: policies.create(actor=actor, patient=patient, **fields),
        success_url=lambda _: page,
        context={"patient": patient, "cancel": page},
        success_message="Insurance policy added.",
    )


def policy_edit(request: ClinicRequest, pk: int) -> HttpResponse:
    policy = get_object_or_404(access.policies(request.actor).select_related("patient"), pk=pk)
    page = request.actor.url("accounts:patient", pk=policy.patient_id)
    return form_page(
        request,
        verb="policy.update",
        form=PolicyEditForm(request.actor, request.POST or None, row=policy),
        template="billing/policies/form.html",
        save=lambda actor, fields: policies.update(actor=actor, policy=policy, **fields),
        success_url=lambda _: page,
        context={
            "policy": policy,
            "patient": policy.patient,
            "cancel": page,
            "checks": _latest_checks(request, policy),
        },
        success_message="Insurance policy saved.",
        viewed_patient=policy.patient,
    )


def policy_verify(request: ClinicRequest, pk: int) -> HttpResponse:
    rows = access.policies(request.actor).select_related("patient", "payer")
    policy = get_object_or_404(rows, pk=pk)
    page = request.actor.url("billing:policy_edit", pk=pk)
    return form_page(
        request,
        verb="policy.verify",
        form=EligibilityForm(request.POST or None),
        template="billing/policies/verify.html",
        save=lambda actor, fields: eligibility.record(actor=actor, policy=policy, **fields),
        success_url=lambda _: page,
        context={"policy": policy, "patient": policy.patient, "cancel": page},
        success_message="Eligibility check recorded.",
        viewed_patient=policy.patient,
    )


def _latest_checks(request: ClinicRequest, policy: InsurancePolicy) -> QuerySet[EligibilityCheck]:
    found = access.eligibility_checks(request.actor).filter(policy=policy)
    return found.select_related("checked_by", "api_key")[:MAX_CHECKS_LISTED]


def policy_end(request: ClinicRequest, pk: int) -> HttpResponse:
    rows = access.policies(request.actor).select_related("patient", "payer")
    policy = get_object_or_404(rows, pk=pk)
    page = request.actor.url("accounts:patient", pk=policy.patient_id)
    last_day = policy.end_date or request.actor.organization.today()
    return form_page(
        request,
        verb="policy.end",
        form=EndPolicyForm(request.POST or None, initial={"end_date": last_day}),
        template="billing/policies/end.html",
        save=lambda actor, fields: policies.end(actor=actor, policy=policy, **fields),
        success_url=lambda _: page,
        context={"policy": policy, "patient": policy.patient, "cancel": page},
        success_message="Insurance policy ended.",
        viewed_patient=policy.patient,
    )
