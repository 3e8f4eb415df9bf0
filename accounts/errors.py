"""The base class of all errors that services raise, and its translation from database errors.

Errors become answers in two places only: the page middleware and the API's exception handler.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError


class DomainError(Exception):
    """A rule refused the request.

    `message` says what happened and what to do, for people. `code` is stable and meant for
    programs; `field` names the input at fault, if one is; `data` holds the figures of the message
    (units, dates, ids).
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
    """The input is not valid, whatever the present state."""

    code = "invalid"
    status = 400


class NotAllowed(DomainError):
    """The actor's role does not permit this in their own clinic."""

    code = "not_allowed"
    status = 403


class NotFound(DomainError):
    """It does not exist, or the actor may not see it."""

    code = "not_found"
    status = 404


class Conflict(DomainError):
    """The input is valid, but the present state does not allow it."""

    code = "conflict"
    status = 409


class KeyReused(DomainError):
    """An idempotency key came back with other arguments."""

    code = "idempotency_key_reused"
    status = 422


class Busy(DomainError):
    """Every attempt conflicted with concurrent writes.

    Nothing was written; the caller may try again.
    """

    code = "busy"
    status = 503


_constraints: dict[str, Callable[[], DomainError]] = {}


def translates(constraint: str) -> Callable[[Callable[[], DomainError]], Callable[[], DomainError]]:
    """Register the error for a violation of this constraint.

    Services check first, with better messages; this covers concurrent writes that pass their
    checks.
    """

    def register(make: Callable[[], DomainError]) -> Callable[[], DomainError]:
        _constraints[constraint] = make
        return make

    return register


def from_integrity_error(error: IntegrityError) -> DomainError | None:
    """The registered error for a constraint violation, or None for one that is a bug."""
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None) or ""
    if name in _constraints:
        return _constraints[name]()
    if name.endswith("_same_org"):
        return NotFound("That record was not found in this clinic.")
    return None


def stale(noun: str) -> Conflict:
    """The error for a row that was changed since the actor read it."""
    return Conflict(
        f"This {noun} was changed by somebody else in the meantime. Look at it as it is now, "
        "then try again.",
        code="stale",
    )
