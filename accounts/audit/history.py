from __future__ import annotations

from django.db import models
from django.http import HttpResponse
from django.shortcuts import render

from accounts import access
from accounts.audit import wording
from accounts.models import Patient
from accounts.permissions import require
from accounts.web.requests import ClinicRequest
from accounts.writes import record_views

MAX_EVENTS = 100


def history(
    request: ClinicRequest, obj: models.Model, *, extra_events: models.Q | None = None
) -> HttpResponse:
    """Page of the events of `obj`, newest first; for a patient, all events about them.

    `extra_events` selects events about other objects to list with its own. The caller must have
    read `obj` through `access`.
    """
    require(request.actor.role, "history.view")
    events = access.events(request.actor).select_related("actor", "api_key", "break_glass")
    if isinstance(obj, Patient):
        events = events.filter(patient=obj)
    else:
        own = models.Q(object_type=obj._meta.label_lower, object_id=obj.pk)
        events = events.filter(own | extra_events if extra_events else own)
    found = list(events[: MAX_EVENTS + 1])
    if patient := obj if isinstance(obj, Patient) else getattr(obj, "patient", None):
        record_views.view(actor=request.actor, patient=patient, obj=obj)
    return render(
        request,
        "accounts/audit/history.html",
        {
            "object": obj,
            "back": wording.page_of(request.actor, obj._meta.label_lower, obj.pk),
            "entries": wording.entries(request.actor, found[:MAX_EVENTS]),
            "has_more": len(found) > MAX_EVENTS,
        },
    )
