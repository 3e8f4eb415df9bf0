from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts import access
from accounts.api_keys import services as api_keys
from accounts.api_keys.filters import ApiKeyFilter
from accounts.api_keys.forms import ApiKeyForm, RotateForm
from accounts.api_keys.tables import ApiKeyTable
from accounts.models import ApiKey
from accounts.permissions import require
from accounts.web.form_pages import confirm_page, form_page
from accounts.web.list_pages import list_page
from accounts.web.requests import ClinicRequest


def api_key_list(request: ClinicRequest) -> HttpResponse:
    require(request.actor.role, "api_key.view")
    return list_page(
        request,
        template="accounts/api_keys/list.html",
        rows=access.api_keys(request.actor).select_related("practitioner"),
        table=ApiKeyTable,
        filters=ApiKeyFilter,
    )


def api_key_new(request: ClinicRequest) -> HttpResponse:
    return form_page(
        request,
        verb="api_key.create",
        form=ApiKeyForm(request.actor, request.POST or None),
        template="accounts/web/form.html",
        save=lambda actor, fields: api_keys.create(actor=actor, **fields),
        success_url=lambda key: _shown_once(request, key),
        context={
            "title": "New API key",
            "parent": "API keys",
            "cancel": request.actor.url("accounts:api_keys"),
            "text": "Its secret is shown once, on the next page.",
            "submit": "Make the key",
        },
    )


def api_key_rotate(request: ClinicRequest, pk: int) -> HttpResponse:
    key = _found(request, pk)
    return form_page(
        request,
        verb="api_key.rotate",
        form=RotateForm(request.POST or None),
        template="accounts/web/form.html",
        save=lambda actor, fields: api_keys.rotate(actor=actor, api_key=key, **fields),
        success_url=lambda turned: _shown_once(request, turned),
        context={
            "title": f"New secret for {key.name}",
            "parent": "API keys",
            "cancel": request.actor.url("accounts:api_keys"),
            "text": "It is shown once, on the next page.",
            "submit": "Rotate",
        },
    )


def api_key_revoke(request: ClinicRequest, pk: int) -> HttpResponse:
    key = _found(request, pk)
    return confirm_page(
        request,
        verb="api_key.revoke",
        ask={
            "title": f"Revoke {key.name}?",
            "consequences": [
                "What uses it is refused from its next request on",
                "This cannot be undone: a new key has a new secret",
            ],
            "submit": "Revoke",
            "danger": True,
        },
        save=lambda actor: api_keys.revoke(actor=actor, api_key=key),
        back=request.actor.url("accounts:api_keys"),
        success_message=f"{key.name} is revoked.",
    )


def _found(request: ClinicRequest, pk: int) -> ApiKey:
    found: ApiKey = get_object_or_404(access.api_keys(request.actor), pk=pk)
    return found


def _shown_once(request: ClinicRequest, key: ApiKey) -> HttpResponse:
    """For a form sent twice: the key was created, its secret was in the first answer."""
    if not hasattr(key, "secret"):
        return redirect(request.actor.url("accounts:api_keys"))
    return render(request, "accounts/api_keys/secret.html", {"key": key})
