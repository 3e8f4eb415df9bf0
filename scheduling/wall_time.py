"""The instant of an appointment's start, from the clinic's wall clock."""

from __future__ import annotations

from datetime import date, datetime, time

from accounts.models import Organization
from accounts.web import wall_time


def instant(organization: Organization, day: date, clock: time) -> datetime:
    """The instant. Raises Invalid on `starts_at` for a time that the clocks skip or show twice."""
    return wall_time.instant(organization, day, clock, field="starts_at")
