"""What is sent to webhooks, by event type: an allow-list of figures, never free text.

Every app registers its own types, as it does its permissions. A detail that is not listed here, or
is not of its kind, is never sent. Types that are recorded but never sent are in
`accounts.models.outbox.INTERNAL`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.models.outbox import INTERNAL


@dataclass(frozen=True)
class Kind:
    """The kind of a figure; `suffix` is added to its name in the payload."""

    holds: Callable[[Any], bool]
    example: Any
    words: str
    suffix: str = ""


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch("[a-z][a-z_]{0,39}", value) is not None


def _is_scope(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch("[a-z_]{1,30}:(read|write)", value) is not None


def _parsed_by(parse: Callable[[str], Any]) -> Callable[[Any], bool]:
    def holds(value: Any) -> bool:
        try:
            return isinstance(value, str) and bool(parse(value))
        except ValueError:
            return False

    return holds


WHOLE = Kind(_is_whole, 4, "a whole number")
ID = Kind(_is_whole, 17, "an id", suffix="_id")
FLAG = Kind(lambda value: isinstance(value, bool), False, "true or false")
WORD = Kind(_is_word, "confirmed", "a fixed word")
SCOPES = Kind(
    lambda value: isinstance(value, list) and all(map(_is_scope, value)),
    ["appointments:read"],
    "a list of scopes",
)
INSTANT = Kind(_parsed_by(datetime.fromisoformat), "2026-11-23T15:00:00+00:00", "an instant")
DAY = Kind(_parsed_by(date.fromisoformat), "2026-12-31", "a date of the clinic")


@dataclass(frozen=True)
class EventType:
    """`figures` are the details that are sent; with `changed` also which fields changed."""

    name: str
    summary: str
    object: str
    figures: dict[str, Kind]
    of_patient: bool
    changed: tuple[str, ...]

    @property
    def noun(self) -> str:
        return self.name.partition(".")[0]


_types: dict[str, EventType] = {}


def register(
    name: str,
    summary: str,
    *,
    of: str = "",
    patient: bool = False,
    changed: tuple[str, ...] = (),
    **figures: Kind,
) -> None:
    """`of` is what the event is about where the name does not say it; `changed` is an example."""
    noun = name.partition(".")[0]
    _types[name] = EventType(name, summary, of or noun, figures, patient, changed)


def find(name: str) -> EventType | None:
    return _types.get(name)


def types() -> list[EventType]:
    return [_types[name] for name in sorted(_types)]


def patterns() -> list[str]:
    """The event types and patterns that an endpoint may subscribe to."""
    nouns = sorted({one.noun for one in types() if one.name != TESTED})
    return ["*", *(f"{noun}.*" for noun in nouns), *(t.name for t in types() if t.name != TESTED)]


def is_known(action: str) -> bool:
    return action in _types or action in INTERNAL


TESTED = "webhook.tested"  # sent to the tested endpoint, whatever it subscribes to
