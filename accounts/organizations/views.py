from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from accounts.organizations import services as organizations
from accounts.organizations.forms import OrganizationForm
from accounts.permissions import require
from accounts.web.form_pages import form_page
from accounts.web.requests import ClinicRequest


def settings(request: ClinicRequest) -> HttpResponse:
    """The clinic's own settings: a form for who may change them, figures for who may read them."""
    actor = request.actor
    require(actor.role, "organization.view")
    form = OrganizationForm(request.POST or None, row=actor.organization)
    if not actor.may("organization.update") and request.method != "POST":
        return render(request, "accounts/organizations/settings.html", {"facts": _facts(form)})
    return form_page(
        request,
        verb="organization.update",
        form=form,
        template="accounts/organizations/settings.html",
        save=lambda actor, fields: organizations.update(actor=actor, **fields),
        success_url=lambda _: actor.url("accounts:settings"),
        success_message="Settings saved.",
    )


def _facts(form: OrganizationForm) -> list[tuple[str, Any]]:
    facts = []
    for field in form.visible_fields():
        value = field.initial
        if isinstance(value, bool):
            value = "Yes" if value else "No"
        facts.append((str(field.label), value))
    return facts
