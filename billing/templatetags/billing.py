from __future__ import annotations

from typing import Any

from django import template

from billing.models import LedgerEntry

register = template.Library()

MINUS = "\N{MINUS SIGN}"


@register.filter
def changes(entry: LedgerEntry) -> list[str]:
    """The change of each figure by the movement, in words: −4 reserved, +3 used."""
    deltas = {
        "total": entry.total_delta,
        "used": entry.used_delta,
        "reserved": entry.reserved_delta,
    }
    moved = {figure: delta for figure, delta in deltas.items() if delta}
    return [f"{signed(delta)} {figure}" for figure, delta in moved.items()] or ["none"]


def signed(units: int) -> str:
    return f"+{units}" if units > 0 else f"{MINUS}{-units}"


@register.filter
def lookup(mapping: dict[str, Any], key: str) -> Any:
    return mapping.get(key, "")
