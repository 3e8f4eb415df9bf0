"""The one kind of error that services raise, and how the database's own refusals become it.

It is translated in two places only: the page middleware and the API's exception handler.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError


class DomainError(Exception):
    """A rule refused. `message` says what happened and what to do, in words for people.

    `code` is stable and meant for programs; `field` names the input at fault, if it is one; `data`
    holds the figures behind the message (units, dates, ids).
    """

    code = "refused"
    status = 409

    def __init__(
        self, message: str, *, code: str | None = None, field: str | None = None, **data: Any
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.field = field
        self.data = data


class Invalid(DomainError):
    """The input can never be right, whatever the state of things."""

    code = "invalid"
    status = 400


class NotAllowed(DomainError):
    """The actor's role does not reach so far, in their own clinic."""

    code = "not_allowed"
    status = 403


class NotFound(DomainError):
    """There is no such thing, or it is somebody else's."""

    code = "not_found"
    status = 404


class Conflict(DomainError):
    """The input is right, but things stand against it now."""

    code = "conflict"
    status = 409


class KeyReused(DomainError):
    """An idempotency key came back with other arguments."""

    code = "idempotency_key_reused"
    status = 422


class Busy(DomainError):
    """Every attempt met others at the same rows. Nothing was written; try again."""

    code = "busy"
    status = 503


_constraints: dict[str, Callable[[], DomainError]] = {}


def translates(constraint: str) -> Callable[[Callable[[], DomainError]], Callable[[], DomainError]]:
    """Register what to say when the database refuses by this constraint.

    Services refuse first, with better words; this is for the race that slips between.
    """

    def register(make: Callable[[], DomainError]) -> Callable[[], DomainError]:
        _constraints[constraint] = make
        return make

    return register


def from_integrity_error(error: IntegrityError) -> DomainError | None:
    """The domain's words for a refusal by the database, or None when it is a fault of ours."""
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None) or ""
    if name in _constraints:
        return _constraints[name]()
    if name.endswith("_same_org"):
        return NotFound("That record was not found in this clinic.")
    return None


def stale(noun: str) -> Conflict:
    """Somebody else changed `noun` since it was read."""
    return Conflict(
        f"This {noun} was changed by somebody else in the meantime. Look at it as it is now, "
        "then try again.",
        code="stale",
    )
