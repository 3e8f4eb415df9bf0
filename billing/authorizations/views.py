from __future__ import annotations

from datetime import date
from typing import Any, get_args

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts import access as accounts_access
from accounts.audit.history import history
from accounts.permissions import require
from accounts.web import panels
from accounts.web.form_pages import action, form_page
from accounts.web.list_pages import list_page
from accounts.web.requests import ClinicRequest
from accounts.writes import record_views
from billing import access
from billing.authorizations import services as authorizations
from billing.authorizations.filters import AuthorizationFilter
from billing.authorizations.forms import (
    AdjustForm,
    AuthorizationEditForm,
    AuthorizationForm,
    CancelForm,
)
from billing.authorizations.tables import AuthorizationTable
from billing.ledger import errors, rules
from billing.models import Authorization
from billing.units import Period

MAX_PERIODS_NAMED = 4


def authorization_list(request: ClinicRequest) -> HttpResponse:
    actor = request.actor
    require(actor.role, "authorization.view")
    today = actor.organization.today()
    rows = (
        access.authorizations(actor)
        .with_state(today=today)
        .with_available()
        .in_use_first(today=today)
        .with_services()
        .select_related("patient", "payer")
    )
    if actor.is_patient:
        own = list(rows)
        record_views.listed(
            actor=actor, of="authorizations", patients=[one.patient_id for one in own]
        )
        return render(request, "billing/authorizations/own_units.html", {"authorizations": own})
    return list_page(
        request,
        template="billing/authorizations/list.html",
        rows=rows,
        table=AuthorizationTable,
        filters=AuthorizationFilter,
        listed_records="authorizations",
    )


def authorization(request: ClinicRequest, pk: int) -> HttpResponse:
    actor = request.actor
    require(actor.role, "authorization.view")
    found = _found(request, pk)
    record_views.view(actor=actor, patient=found.patient, obj=found)
    if actor.is_patient:
        return render(request, "billing/authorizations/own_units.html", {"authorizations": [found]})
    return render(
        request,
        "billing/authorizations/detail.html",
        {
            "authorization": found,
            "caps": _caps(found),
            "panels": panels.of_page("billing:authorization", actor, pk),
        },
    )


def authorization_new(request: ClinicRequest, pk: int) -> HttpResponse:
    actor = request.actor
    patient = get_object_or_404(accounts_access.patients(actor), pk=pk)
    return form_page(
        request,
        verb="authorization.create",
        form=AuthorizationForm(actor, request.POST or None, patient=patient),
        template="billing/authorizations/form.html",
        save=lambda actor, fields: authorizations.create(actor=actor, patient=patient, **fields),
        success_url=lambda created: actor.url("billing:authorization", pk=created.pk),
        context={"patient": patient, "cancel": actor.url("accounts:patient", pk=pk)},
        success_message="Authorization added.",
        viewed_patient=patient,
    )


def authorization_edit(request: ClinicRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    page = request.actor.url("billing:authorization", pk=pk)
    return form_page(
        request,
        verb="authorization.update",
        form=AuthorizationEditForm(request.actor, request.POST or None, row=found),
        template="billing/authorizations/form.html",
        save=lambda actor, fields: authorizations.update(
            actor=actor, authorization=found, **fields
        ),
        success_url=lambda _: page,
        context={"authorization": found, "patient": found.patient, "cancel": page},
        success_message="Authorization saved.",
        viewed_patient=found.patient,
    )


def authorization_adjust(request: ClinicRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    page = request.actor.url("billing:authorization", pk=pk)
    return form_page(
        request,
        verb="unit.adjust",
        form=AdjustForm(request.POST or None, initial={"total_units": found.total_units}),
        template="billing/authorizations/adjust.html",
        save=lambda actor, fields: authorizations.set_total(
            actor=actor, authorization=found, **fields
        ),
        success_url=lambda _: page,
        context={"authorization": found, "cancel": page},
        success_message="Units adjusted.",
        viewed_patient=found.patient,
    )


def authorization_activate(request: ClinicRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    page = request.actor.url("billing:authorization", pk=pk)
    return action(
        request,
        verb="authorization.activate",
        save=lambda actor: authorizations.activate(actor=actor, authorization=found),
        success_url=lambda _: page,
        back=page,
        success_message="Authorization active: its units can be booked.",
    )


def authorization_cancel(request: ClinicRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    page = request.actor.url("billing:authorization", pk=pk)
    return form_page(
        request,
        verb="authorization.cancel",
        form=CancelForm(request.POST or None),
        template="billing/authorizations/cancel.html",
        save=lambda actor, fields: authorizations.cancel(
            actor=actor, authorization=found, **fields
        ),
        success_url=lambda _: page,
        context={"authorization": found, "cancel": page, "consequences": _consequences(found)},
        success_message="Authorization cancelled.",
        viewed_patient=found.patient,
    )


def authorization_history(request: ClinicRequest, pk: int) -> HttpResponse:
    return history(request, _found(request, pk))


def _found(request: ClinicRequest, pk: int) -> Authorization:
    rows = access.authorizations(request.actor).with_services()
    stated = rows.with_state(today=request.actor.organization.today())
    found: Authorization = get_object_or_404(
        stated.select_related("patient", "payer", "policy__payer"), pk=pk
    )
    return found


def _caps(authorization: Authorization) -> list[dict[str, Any]]:
    """Each cap, the units counted in today's day, week or month, and a notice if exceeded."""
    today = authorization.organization.today()
    caps = [(period, getattr(authorization, f"cap_per_{period}")) for period in get_args(Period)]
    return [
        {
            "period": "Today" if period == "day" else f"This {period}",
            "cap": cap,
            "counted": rules.units_held(authorization, today, period),
            "notice": _over_cap(period, cap, rules.over_cap(authorization, period, since=today)),
        }
        for period, cap in caps
        if cap is not None
    ]


def _over_cap(period: Period, cap: int, counted: dict[date, int]) -> str:
    """A notice of the periods with more units than the cap allows, since it was lowered.

    `counted` maps the first day of each such period to its units.
    """
    if not counted:
        return ""
    named = {
        "day": "on {:%-d %b %Y}",
        "week": "in the week of {:%-d %b %Y}",
        "month": "in {:%B %Y}",
    }
    listed = [
        f"{errors.count(units)} {named[period].format(first)}"
        for first, units in [*counted.items()][:MAX_PERIODS_NAMED]
    ]
    left_out = len(counted) - MAX_PERIODS_NAMED
    more = f" and {left_out} more" if left_out > 0 else ""
    return (
        f"The cap is {errors.count(cap)} a {period}, but {', '.join(listed)}{more} are reserved "
        "or used. Booked appointments stay."
    )


def _consequences(authorization: Authorization) -> list[str]:
    words = [f"{errors.count(authorization.available_units)} can no longer be booked"]
    if authorization.used_units:
        words.append(f"{errors.count(authorization.used_units)} already used stay used")
    if authorization.reserved_units:
        words.append(
            f"Not possible while {errors.count(authorization.reserved_units)} are reserved: "
            "cancel or move what they are reserved for first"
        )
    return words
