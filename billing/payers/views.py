from __future__ import annotations

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.permissions import require
from accounts.web.form_pages import action, form_page
from accounts.web.list_pages import list_page
from accounts.web.requests import ClinicRequest
from billing import access
from billing.payers import services as payers
from billing.payers.filters import PayerFilter
from billing.payers.forms import PayerForm
from billing.payers.tables import PayerTable


def payer_list(request: ClinicRequest) -> HttpResponse:
    require(request.actor.role, "payer.view")
    return list_page(
        request,
        template="billing/payers/list.html",
        rows=access.payers(request.actor)
        .annotate(policy_count=Count("policies"))
        .order_by("name", "id"),
        table=PayerTable,
        filters=PayerFilter,
        context={"may_change": request.actor.may("payer.update")},
    )


def payer(request: ClinicRequest, pk: int) -> HttpResponse:
    """A payer, with the number of its policies and authorizations that the actor may see."""
    actor = request.actor
    require(actor.role, "payer.view")
    found = get_object_or_404(access.payers(actor), pk=pk)
    return render(
        request,
        "billing/payers/detail.html",
        {
            "payer": found,
            "policy_count": access.policies(actor).filter(payer=found).count(),
            "authorization_count": access.authorizations(actor).filter(payer=found).count(),
        },
    )


def payer_new(request: ClinicRequest) -> HttpResponse:
    back = request.actor.url("billing:payers")
    return form_page(
        request,
        verb="payer.create",
        form=PayerForm(request.POST or None),
        template="billing/payers/form.html",
        save=lambda actor, fields: payers.create(actor=actor, **fields),
        success_url=lambda created: request.actor.url("billing:payer", pk=created.pk),
        context={"cancel": back},
        success_message="Payer added.",
    )


def payer_edit(request: ClinicRequest, pk: int) -> HttpResponse:
    payer = get_object_or_404(access.payers(request.actor), pk=pk)
    page = request.actor.url("billing:payer", pk=pk)
    return form_page(
        request,
        verb="payer.update",
        form=PayerForm(request.POST or None, row=payer),
        template="billing/payers/form.html",
        save=lambda actor, fields: payers.update(actor=actor, payer=payer, **fields),
        success_url=lambda _: page,
        context={"payer": payer, "cancel": page},
        success_message="Payer saved.",
    )


def payer_deactivate(request: ClinicRequest, pk: int) -> HttpResponse:
    payer = get_object_or_404(access.payers(request.actor), pk=pk)
    page = request.actor.url("billing:payer", pk=pk)
    return action(
        request,
        verb="payer.deactivate",
        save=lambda actor: payers.deactivate(actor=actor, payer=payer),
        success_url=lambda _: page,
        back=page,
        success_message="Payer deactivated: new policies cannot name it.",
    )


def payer_reactivate(request: ClinicRequest, pk: int) -> HttpResponse:
    payer = get_object_or_404(access.payers(request.actor), pk=pk)
    page = request.actor.url("billing:payer", pk=pk)
    return action(
        request,
        verb="payer.reactivate",
        save=lambda actor: payers.reactivate(actor=actor, payer=payer),
        success_url=lambda _: page,
        back=page,
        success_message="Payer reactivated.",
    )
