from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts import access
from accounts.models import WebhookDelivery, WebhookEndpoint, WebhookSecret
from accounts.permissions import require
from accounts.web.form_pages import action, confirm_page, form_page
from accounts.web.list_pages import list_page, paged, render_list
from accounts.web.requests import ClinicRequest
from accounts.web.wall_time import instant
from accounts.webhooks import services as webhooks
from accounts.webhooks.filters import WebhookDeliveryFilter
from accounts.webhooks.forms import ReplayForm, SecretForm, WebhookForm
from accounts.webhooks.tables import AttemptTable, DeliveryTable, WebhookTable


def webhook_list(request: ClinicRequest) -> HttpResponse:
    require(request.actor.role, "webhook.view")
    return list_page(
        request,
        template="accounts/webhooks/list.html",
        rows=access.webhooks(request.actor),
        table=WebhookTable,
    )


def webhook_new(request: ClinicRequest) -> HttpResponse:
    return form_page(
        request,
        verb="webhook.create",
        form=WebhookForm(request.POST or None),
        template="accounts/web/form.html",
        save=lambda actor, fields: webhooks.create(actor=actor, **fields),
        success_url=lambda made: _shown_once(request, made),
        context={
            "title": "New webhook",
            "parent": "Webhooks",
            "cancel": request.actor.url("accounts:webhooks"),
            "text": "Its signing secret is shown once, on the next page.",
            "submit": "Add the webhook",
        },
    )


def webhook(request: ClinicRequest, pk: int) -> HttpResponse:
    """One webhook with its deliveries."""
    found = _found(request, pk)
    return list_page(
        request,
        template="accounts/webhooks/detail.html",
        rows=access.webhook_deliveries(request.actor).filter(endpoint=found),
        table=DeliveryTable,
        filters=WebhookDeliveryFilter,
        context={"webhook": found, "secrets": _secrets(found)},
    )


def webhook_edit(request: ClinicRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    page = request.actor.url("accounts:webhook", pk=pk)
    return form_page(
        request,
        verb="webhook.update",
        form=WebhookForm(request.POST or None, row=found),
        template="accounts/web/form.html",
        save=lambda actor, fields: webhooks.update(actor=actor, webhook=found, **fields),
        success_url=lambda _: page,
        context={"title": "Edit webhook", "parent": found, "cancel": page},
        success_message="Webhook saved.",
    )


def webhook_rotate(request: ClinicRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    return form_page(
        request,
        verb="webhook.rotate",
        form=SecretForm(request.POST or None),
        template="accounts/web/form.html",
        save=lambda actor, fields: webhooks.rotate(actor=actor, webhook=found, **fields),
        success_url=lambda turned: _shown_once(request, turned),
        context={
            "title": "New signing secret",
            "parent": found,
            "cancel": request.actor.url("accounts:webhook", pk=pk),
            "text": "It is shown once, on the next page.",
            "submit": "Rotate",
        },
    )


def webhook_enable(request: ClinicRequest, pk: int) -> HttpResponse:
    return _button(
        request,
        pk,
        verb="webhook.update",
        save=lambda actor, found: webhooks.switch(actor=actor, webhook=found, is_active=True),
        success_message="The webhook is on. What it missed can be replayed.",
    )


def webhook_disable(request: ClinicRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    return confirm_page(
        request,
        verb="webhook.update",
        ask={
            "title": f"Switch {found} off?",
            "consequences": [
                "What waits goes on waiting, and is sent when it is on again",
                "What happens meanwhile is not sent by itself: replay it then",
            ],
            "submit": "Switch off",
        },
        save=lambda actor: webhooks.switch(actor=actor, webhook=found, is_active=False),
        back=request.actor.url("accounts:webhook", pk=pk),
        success_message="The webhook is off.",
    )


def webhook_delete(request: ClinicRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    return confirm_page(
        request,
        verb="webhook.delete",
        ask={
            "title": f"Delete {found}?",
            "consequences": [
                "Nothing more is sent, nor what waits",
                "Its secrets are gone; a new webhook has a new one",
            ],
            "submit": "Delete",
            "danger": True,
        },
        save=lambda actor: webhooks.delete(actor=actor, webhook=found),
        back=request.actor.url("accounts:webhooks"),
        success_message="The webhook is deleted.",
    )


def webhook_test(request: ClinicRequest, pk: int) -> HttpResponse:
    return _button(
        request,
        pk,
        verb="webhook.test",
        save=lambda actor, found: webhooks.test(actor=actor, webhook=found),
        success_message="A test is on its way. Reload the page to see the answer.",
    )


def webhook_replay(request: ClinicRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    page = request.actor.url("accounts:webhook", pk=pk)
    return form_page(
        request,
        verb="webhook.replay",
        form=ReplayForm(request.actor, request.POST or None),
        template="accounts/web/form.html",
        save=lambda actor, fields: webhooks.replay_since(
            actor=actor,
            webhook=found,
            since=instant(actor.organization, fields["day"], fields["time"], field="day"),
            only_undelivered=fields["only_undelivered"],
        ),
        success_url=lambda _: page,
        context={
            "title": "Send again",
            "parent": found,
            "cancel": page,
            "text": "Every event since then, with the ids it had: a receiver knows them again.",
            "submit": "Send again",
        },
        success_message="On their way again.",
    )


def webhook_delivery(request: ClinicRequest, pk: int) -> HttpResponse:
    """One delivery with its attempts."""
    found = _delivery(request, pk)
    table = paged(request, AttemptTable(found.attempts.all()))
    return render_list(
        request, "accounts/webhooks/delivery.html", {"delivery": found, "table": table}
    )


def webhook_delivery_replay(request: ClinicRequest, pk: int) -> HttpResponse:
    found = _delivery(request, pk)
    page = request.actor.url("accounts:webhook_delivery", pk=pk)
    return action(
        request,
        verb="webhook.replay",
        save=lambda actor: webhooks.replay(actor=actor, delivery=found),
        success_url=lambda _: page,
        back=page,
        success_message="On its way again.",
    )


def _button(
    request: ClinicRequest, pk: int, *, verb: str, save: Any, success_message: str
) -> HttpResponse:
    found = _found(request, pk)
    page = request.actor.url("accounts:webhook", pk=pk)
    return action(
        request,
        verb=verb,
        save=lambda actor: save(actor, found),
        success_url=lambda _: page,
        back=page,
        success_message=success_message,
    )


def _found(request: ClinicRequest, pk: int) -> WebhookEndpoint:
    found: WebhookEndpoint = get_object_or_404(access.webhooks(request.actor), pk=pk)
    return found


def _delivery(request: ClinicRequest, pk: int) -> WebhookDelivery:
    rows = access.webhook_deliveries(request.actor).select_related("endpoint")
    return get_object_or_404(rows, pk=pk)


def _secrets(found: WebhookEndpoint) -> list[WebhookSecret]:
    return list(WebhookSecret.objects.valid().filter(endpoint=found))


def _shown_once(request: ClinicRequest, found: WebhookEndpoint) -> HttpResponse:
    """For a form that was sent twice: the one secret was in the first answer."""
    if not hasattr(found, "secret"):
        return redirect(request.actor.url("accounts:webhook", pk=found.pk))
    return render(request, "accounts/webhooks/secret.html", {"webhook": found})
