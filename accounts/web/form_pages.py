"""Pages that write: a form or button, the service it calls, and what is shown on a refusal."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import structlog
from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from accounts import permissions
from accounts.actor import Actor
from accounts.errors import DomainError, Invalid, KeyReused
from accounts.models import Patient
from accounts.web.requests import ClinicRequest
from accounts.writes import record_views

log = structlog.get_logger(__name__)

Save = Callable[[Actor, dict[str, Any]], Any]
KEY_FIELD = "idempotency_key"
MAX_KEY_LENGTH = 120
IN_PLACE = ("panel", "dialog")


def form_page(
    request: ClinicRequest,
    *,
    verb: str,
    form: forms.BaseForm,
    template: str,
    save: Save,
    success_url: Callable[[Any], str | HttpResponse],
    context: dict[str, Any] | None = None,
    success_message: str = "",
    actor: Actor | None = None,
    viewed_patient: Patient | None = None,
) -> HttpResponse:
    """Show `form`, or run `save(actor, cleaned_data)` and go where `success_url(result)` says.

    When the form or a rule refuses, the page comes again with what was typed and the reason. The
    form carries an idempotency key, so that sending it twice has one effect. The template gets the
    error as `refusal`, and as `frame` what it extends: a page, or the panel where htmx draws it
    (see templates/components/form_page.html). `success_message` is the message shown after success.
    `actor`
    acts where the address names no clinic. `viewed_patient` is the patient of whose record the
    page shows more than the name: drawing it is a view.
    """
    actor = actor or request.actor
    permissions.require(actor.role, verb)

    def page(status: int = 200, refusal: DomainError | None = None) -> HttpResponse:
        if viewed_patient:
            record_views.view(actor=actor, patient=viewed_patient)
        key = _key(request)
        if not _is_key(key) or isinstance(refusal, KeyReused):
            key = str(uuid.uuid4())
        return render(
            request,
            template,
            {
                "form": form,
                "idempotency_key": key,
                "refusal": refusal,
                **_place(request),
                **(context or {}),
            },
            status=status,
        )

    def refused(error: DomainError) -> HttpResponse:
        field = form.field_of(error) if hasattr(form, "field_of") else error.field
        form.add_error(field if field in form.fields else None, error.message)
        return page(error.status, error)

    if request.method != "POST":
        return page()
    if not form.is_bound:  # sent without any field: shows what is missing
        form.data, form.is_bound = request.POST, True
    if not form.is_valid():
        return page(422)
    try:
        result = save(keyed(request, actor), form.cleaned_data)
    except DomainError as error:
        return refused(require_drawable(error))
    return _finish(request, result, success_url, success_message)


def confirm_page(
    request: ClinicRequest,
    *,
    verb: str,
    ask: dict[str, Any],
    save: Callable[[Actor], Any],
    back: str,
    success_message: str = "",
) -> HttpResponse:
    """Ask for confirmation with the text of `ask` (see components/confirm.html), then save.

    The question is a page, or a dialog when htmx requests it.
    """
    return form_page(
        request,
        verb=verb,
        form=forms.Form(request.POST if request.method == "POST" else None),
        template="accounts/web/confirm.html" + ("#question" if request.htmx else ""),
        save=lambda actor, _: save(actor),
        success_url=lambda _: back,
        context={**ask, "action": request.path, "cancel": back},
        success_message=success_message,
    )


def action(
    request: ClinicRequest,
    *,
    verb: str,
    save: Callable[[Actor], Any],
    success_url: Callable[[Any], str | HttpResponse],
    back: str,
    success_message: str = "",
) -> HttpResponse:
    """A button: POST runs `save(actor)` and goes where `success_url` says.

    A refusal becomes a message on the page `back`, or a toast when htmx asked; who may never press
    the button is told so.
    """
    permissions.require(request.actor.role, verb)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])

    try:
        result = save(keyed(request, request.actor))
    except DomainError as error:
        if request.htmx:
            raise
        messages.error(request, require_drawable(error).message)
        return redirect(back)
    return _finish(request, result, success_url, success_message)


def require_drawable(error: DomainError) -> DomainError:
    """Return the error if the page can show it; raise one that has an error page of its own."""
    if error.status == 404:
        raise error
    log.info("refused", code=error.code)
    return error


def keyed(request: ClinicRequest, actor: Actor) -> Actor:
    """The actor with the form's idempotency key. Raises Invalid if it is malformed."""
    key = _key(request)
    if key and not _is_key(key):
        raise Invalid(
            "This form did not arrive as the page made it. Reload the page and try again."
        )
    return actor.with_key(key)


def _place(request: ClinicRequest) -> dict[str, str]:
    """Where the form is shown, and where its answer is rendered."""
    if request.htmx and request.htmx.target in IN_PLACE:
        frame = "components/form_panel.html"
        return {"frame": frame, "target": f"#{request.htmx.target}", "swap": "innerHTML"}
    return {"frame": "components/form_page.html"}


def _key(request: ClinicRequest) -> str:
    return request.POST.get(KEY_FIELD, "")


def _is_key(text: str) -> bool:
    return 0 < len(text) <= MAX_KEY_LENGTH and text.isascii() and text.isprintable()


def _finish(
    request: ClinicRequest,
    result: Any,
    success_url: Callable[[Any], str | HttpResponse],
    success_message: str,
) -> HttpResponse:
    target = success_url(result)
    if success_message:
        messages.success(request, success_message)
    if isinstance(target, HttpResponse):
        return target
    if not request.htmx:
        return redirect(target)
    here = request.htmx.current_url_abs_path or ""
    if target in (here, urlsplit(here).path):
        return HttpResponseClientRefresh()  # which keeps the page's filters and scroll position
    return HttpResponseClientRedirect(target)
