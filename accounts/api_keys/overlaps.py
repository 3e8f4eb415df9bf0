"""How long a replaced secret stays valid together with the new one."""

from __future__ import annotations

from datetime import timedelta

from accounts.errors import Invalid

DEFAULT_OVERLAP = timedelta(hours=24)
MAX_OVERLAP = timedelta(days=30)


def check(overlap: timedelta) -> None:
    """Raises Invalid."""
    if not timedelta(0) <= overlap <= MAX_OVERLAP:
        raise Invalid(f"Choose at most {MAX_OVERLAP.days} days.", field="overlap_hours")
