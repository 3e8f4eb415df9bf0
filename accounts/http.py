from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from accounts.actor import Actor
    from accounts.errors import DomainError
    from accounts.models import User


class ClinicRequest(HttpRequest):
    """For types only: what a request carries below `/c/<organization>/`."""

    actor: Actor
    user: User
    htmx: HtmxDetails
    refused: Callable[[DomainError], HttpResponse]
