from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from accounts.actor import Actor
    from accounts.models import Organization, User


class ClinicRequest(HttpRequest):
    """For types only: what a request carries below `/c/<organization>/`."""

    actor: Actor
    user: User
    htmx: HtmxDetails
    clinics: list[Organization]  # where the user is a member, including this one


def id_in(text: str) -> int:
    """The id in the text, or 0, which no row has."""
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def day_in(text: str) -> date | None:
    """The date in the text, or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
