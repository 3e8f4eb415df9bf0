"""How long a secret stays good beside the one that replaces it."""

from __future__ import annotations

from datetime import timedelta

from accounts.errors import Invalid

USUAL = timedelta(hours=24)
LONGEST = timedelta(days=30)


def check(overlap: timedelta) -> None:
    """Raises Invalid."""
    if not timedelta(0) <= overlap <= LONGEST:
        raise Invalid(f"Choose at most {LONGEST.days} days.", field="overlap_hours")
