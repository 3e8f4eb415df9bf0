"""The body of a message: ids, what changed, and the figures that the catalogue allows."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.apps import apps

from accounts.models import Event, Organization
from accounts.webhooks.catalogue import EventType


def body(kind: EventType, event: Event) -> str:
    """What is signed and sent; identical bytes at every attempt."""
    return json.dumps(content(kind, event), separators=(",", ":"))


def content(kind: EventType, event: Event) -> dict[str, Any]:
    noun = str(apps.get_model(event.object_type)._meta.verbose_name)
    return _message(kind, event, about=noun.replace(" ", "_").lower())


def _message(kind: EventType, event: Event, *, about: str) -> dict[str, Any]:
    return {
        "type": kind.name,
        "timestamp": event.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": {
            "event_id": event.pk,
            "organization": event.organization.slug if event.organization else None,
            "object": about,
            "object_id": event.object_id,
            "patient_id": event.patient_id,
            "by": {
                "role": event.actor_role,
                "user_id": event.actor_id,
                "api_key_id": event.api_key_id,
            },
            "figures": _figures(kind, event.details),
            "changed": _changed(event.details) if kind.changed else [],
        },
    }


def example(kind: EventType) -> dict[str, Any]:
    """A message of this type, as the documentation shows it."""
    details: dict[str, Any] = {name: figure.example for name, figure in kind.figures.items()}
    details["changes"] = {name: ["", ""] for name in kind.changed}
    event = Event(
        pk=90412,
        organization=Organization(slug="riverside"),
        at=datetime(2026, 11, 23, 15, 0, tzinfo=UTC),
        actor_role="admin",
        actor_id=7,
        action=kind.name,
        object_id=118,
        patient_id=52 if kind.of_patient else None,
        details=details,
    )
    return _message(kind, event, about=kind.object)


def _figures(kind: EventType, details: dict[str, Any]) -> dict[str, Any]:
    after = details.get("after")
    known = {**details, **after} if isinstance(after, dict) else details
    return {
        f"{name}{figure.suffix}": known[name]
        for name, figure in kind.figures.items()
        if name in known and (known[name] is None or figure.holds(known[name]))
    }


def _changed(details: dict[str, Any]) -> list[str]:
    """The names of the changed fields, without their values."""
    before, after = details.get("before"), details.get("after")
    if isinstance(before, dict) and isinstance(after, dict):
        return sorted(name for name in before | after if before.get(name) != after.get(name))
    return sorted(details.get("changes", {}))
