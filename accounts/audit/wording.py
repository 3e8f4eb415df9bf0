"""Readable texts for events, with links to the objects they are about."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db.models import QuerySet

from accounts import access
from accounts.actor import Actor
from accounts.models import Event

Names = Mapping[str, Mapping[int, str]]

# Texts for actions whose name is not readable by itself.
WORDS = {
    "patient.viewed": "Record viewed",
    "glass.broken": "Emergency access",
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
# JSON objects have no order in the database; these figures are shown first.
FIRST = ("practitioner", "service", "starts_at", "ends_at", "units")
BY_SOMEBODY = {"user.sign_in_failed"}
INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$")
TONES = {"glass.broken": "bad", "patient.viewed": "muted"}

_pages: dict[str, str] = {
    "accounts.patient": "accounts:patient",
    "accounts.practitioner": "accounts:practitioner",
}
_rows: dict[str, Callable[[Actor], QuerySet[Any]]] = {"practitioner": access.practitioners}
_single: dict[str, str] = {"member.role_changed": "role"}


def register(object_type: str, url_name: str) -> None:
    """Let events about `object_type` ("billing.authorization") lead to its page, which takes pk."""
    _pages[object_type] = url_name


def name_rows(figure: str, rows: Callable[[Actor], QuerySet[Any]]) -> None:
    """Let ids that events keep as `figure` be read by name, where the actor may see their row."""
    _rows[figure] = rows


def before_and_after(action: str, figure: str) -> None:
    """Let the `before` and `after` of such events, single values, be read as those of `figure`."""
    _single[action] = figure


def names(actor: Actor, events: Iterable[Event]) -> Names:
    """Names for the ids in the events' details, by detail; one query for each kind of detail."""
    held: defaultdict[str, set[int]] = defaultdict(set)
    for event in events:
        figures = _figures(event)
        for part in (figures, figures.get("before"), figures.get("after")):
            if isinstance(part, dict):
                for figure in _rows.keys() & part.keys():
                    if isinstance(part[figure], int):
                        held[figure].add(part[figure])
    return {
        figure: {row.pk: str(row) for row in _rows[figure](actor).filter(pk__in=pks)}
        for figure, pks in held.items()
    }


def what(event: Event) -> str:
    words = event.action.replace("unit.", "units ").replace(".", " ").replace("_", " ").capitalize()
    return WORDS.get(event.action, words)


def object_name(event: Event) -> str:
    return f"{apps.get_model(event.object_type)._meta.verbose_name} {event.object_id}"


def page_of(actor: Actor, object_type: str, pk: int) -> str:
    """The address of an object's page, or "" if it has none."""
    name = _pages.get(object_type)
    return actor.url(name, pk=pk) if name else ""


def details(event: Event, zone: ZoneInfo, named: Names) -> str:
    """The figures of an event: `phone: 555-0100 → 555-0101, units: 4`.

    Times are of `zone`; ids that are not `named` stay as they are.
    """

    def say(figure: str, value: Any) -> str:
        if isinstance(value, int) and value in named.get(figure, {}):
            return named[figure][value]
        return _value(value, zone)

    figures = _figures(event)
    parts = [
        f"{_plain(figure)}: {say(figure, before)} → {say(figure, after)}"
        for figure, (before, after) in _take_changes(figures).items()
    ]
    parts += [
        f"{_plain(figure)}: {say(figure, value)}"
        for figure, value in figures.items()
        if value not in ("", None, [], {})
    ]
    if event.action == "glass.broken" and event.break_glass:
        parts.append(f"reason: {event.break_glass.reason}")
    elif event.break_glass_id:
        parts.append("by broken glass")
    return ", ".join(parts)


def _figures(event: Event) -> dict[str, Any]:
    figures = _in_order(event.details)
    if figure := _single.get(event.action):
        figures |= {when: {figure: figures.get(when)} for when in ("before", "after")}
    return figures


def _in_order(figures: dict[str, Any]) -> dict[str, Any]:
    first = {figure: figures[figure] for figure in FIRST if figure in figures}
    return first | figures


def _take_changes(figures: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Values that differ before and after, by name; removed from `figures`."""
    found = figures.pop("changes", {})
    before, after = figures.get("before"), figures.get("after")
    if isinstance(before, dict) and isinstance(after, dict):
        del figures["before"], figures["after"]
        pairs = {figure: (before.get(figure), after.get(figure)) for figure in before | after}
        found = found | {figure: pair for figure, pair in pairs.items() if pair[0] != pair[1]}
    return _in_order(found)


def who(event: Event) -> str:
    if event.action in BY_SOMEBODY:
        return "Somebody"
    return str(event.actor or event.api_key or "The system")


def entries(actor: Actor, events: list[Event]) -> list[dict[str, Any]]:
    """For components/timeline.html, as the actor may read them."""
    named, zone = names(actor, events), actor.organization.zone
    return [
        {
            "what": what(event),
            "who": who(event),
            "when": event.at,
            "detail": details(event, zone, named),
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
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, str) and INSTANT.match(value):
        return f"{datetime.fromisoformat(value).astimezone(zone):%-d %b %Y %H:%M}"
    return str(value) if value not in ("", None, "None") else "–"
