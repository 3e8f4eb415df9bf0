"""Marks parts of the API as deprecated: since when, until when, and what replaces them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.utils.http import http_date


@dataclass(frozen=True)
class Deprecation:
    """When an endpoint or a field was deprecated, until when it works, and what to use instead."""

    since: date
    until: date
    instead: str

    @property
    def words(self) -> str:
        return f"Works until {self.until:%-d %B %Y}. Use {self.instead} instead."

    @property
    def headers(self) -> dict[str, str]:
        """RFC 9745 and RFC 8594."""
        since, until = (
            datetime.combine(day, time.min, UTC).timestamp() for day in (self.since, self.until)
        )
        return {"Deprecation": f"@{since:.0f}", "Sunset": http_date(until)}


def deprecations(fields: Any) -> Mapping[str, Deprecation]:
    """The deprecated fields of an input or output by name, from its `Meta.deprecations`."""
    found: Mapping[str, Deprecation] = getattr(getattr(fields, "Meta", None), "deprecations", {})
    return found
