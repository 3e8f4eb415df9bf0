"""Events in words, with the way to what they are about."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps

from accounts.actor import Actor
from accounts.models import Event

# Actions whose name does not read well by itself.
WORDS = {
    "patient.viewed": "Record viewed",
    "glass.broken": "Glass broken",
    "audit.exported": "Audit log exported",
    "patient.listed": "Records listed",
    "user.email_added": "E-mail address added",
    "user.email_changed": "E-mail address changed",
    "user.email_removed": "E-mail address removed",
    "user.factor_added": "Second factor added",
    "user.factor_removed": "Second factor removed",
    "user.factor_reset": "Recovery codes renewed",
    "user.password_changed": "Password changed",
    "user.password_reset": "Password reset by mail",
    "user.sessions_ended": "Other sessions ended",
    "user.sign_in_failed": "Sign-in failed",
    "user.signed_in": "Signed in",
    "user.signed_out": "Signed out",
}
BY_SOMEBODY = {"user.sign_in_failed"}
INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$")
TONES = {"glass.broken": "bad", "patient.viewed": "muted"}

_pages: dict[str, str] = {
    "accounts.patient": "accounts:patient",
    "accounts.practitioner": "accounts:practitioner",
}


def register(object_type: str, url_name: str) -> None:
    """Let events about `object_type` ("billing.authorization") lead to its page, which takes pk."""
    _pages[object_type] = url_name


def what(event: Event) -> str:
    words = event.action.replace("unit.", "units ").replace(".", " ").replace("_", " ").capitalize()
    return WORDS.get(event.action, words)


def object_name(event: Event) -> str:
    return f"{apps.get_model(event.object_type)._meta.verbose_name} {event.object_id}"


def page_of(actor: Actor, object_type: str, pk: int) -> str:
    """The address of an object's page, or nothing when it has none."""
    name = _pages.get(object_type)
    return actor.url(name, pk=pk) if name else ""


def details(event: Event, zone: ZoneInfo) -> str:
    """The figures of an event: `phone: 555-0100 → 555-0101, units: 4`. Times are of `zone`."""
    figures = dict(event.details)
    parts = [
        f"{_plain(name)}: {_value(before, zone)} → {_value(after, zone)}"
        for name, (before, after) in figures.pop("changes", {}).items()
    ]
    parts += [
        f"{_plain(name)}: {_value(value, zone)}"
        for name, value in figures.items()
        if value not in ("", None, [], {})
    ]
    if event.action == "glass.broken" and event.break_glass:
        parts.append(f"reason: {event.break_glass.reason}")
    elif event.break_glass_id:
        parts.append("by broken glass")
    return ", ".join(parts)


def who(event: Event) -> str:
    if event.action in BY_SOMEBODY:
        return "Somebody"
    return str(event.actor or event.api_key or "The system")


def entries(events: list[Event], zone: ZoneInfo) -> list[dict[str, Any]]:
    """For components/timeline.html."""
    return [
        {
            "what": what(event),
            "who": who(event),
            "when": event.at,
            "detail": details(event, zone),
            "tone": "warn" if event.break_glass_id else TONES.get(event.action, ""),
        }
        for event in events
    ]


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _value(value: Any, zone: ZoneInfo) -> str:
    if isinstance(value, bool) or value in ("True", "False"):
        return "yes" if str(value) == "True" else "no"
    if isinstance(value, dict):
        return ", ".join(f"{_plain(name)} {part}" for name, part in value.items())
    if isinstance(value, str) and INSTANT.match(value):
        return f"{datetime.fromisoformat(value).astimezone(zone):%-d %b %Y %H:%M}"
    return str(value) if value not in ("", None, "None") else "–"
