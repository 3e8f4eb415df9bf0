"""The translation of a DomainError into JSON, in one shape.

The shape is `{"type": ..., "errors": [{"code", "detail", "attr", ...figures}]}`.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DataError, InterfaceError, OperationalError
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from drf_standardized_errors.types import VALIDATION_ERROR
from rest_framework import exceptions

from accounts.errors import DomainError


class Refused(exceptions.APIException):
    """Carries a DomainError through DRF's exception handling."""

    def __init__(self, error: DomainError) -> None:
        super().__init__(detail=error.message, code=error.code)
        self.status_code = error.status
        self.error = error
        self.wait = 1 if error.status == 503 else None


class TooLarge(exceptions.APIException):
    status_code = 413
    default_detail = "The body is too large."
    default_code = "too_large"


class Unavailable(exceptions.APIException):
    status_code = 503
    default_detail = (
        "The database does not answer. Send this again in a moment, with the same Idempotency-Key."
    )
    default_code = "unavailable"
    wait = 1


class Handler(ExceptionHandler):
    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, DomainError):
            return Refused(exc)
        if isinstance(exc, RequestDataTooBig):
            return TooLarge()
        if isinstance(exc, SuspiciousOperation):
            return exceptions.ParseError("The request could not be read.")
        if isinstance(exc, (OperationalError, InterfaceError)):
            return Unavailable()
        if isinstance(exc, DataError):
            return exceptions.ParseError("A value is out of range.")
        return super().convert_known_exceptions(exc)


class Formatter(ExceptionFormatter):
    def get_error_type(self) -> Any:
        """An Invalid raised by a service is a validation error, as one of a serializer is."""
        if isinstance(self.exc, Refused) and self.exc.status_code == 400:
            return VALIDATION_ERROR
        return super().get_error_type()

    def format_error_response(self, error_response: Any) -> Any:
        answer = super().format_error_response(error_response)
        if isinstance(self.exc, Refused):
            error = self.exc.error
            answer["errors"][0]["attr"] = self._named(error.field)
            answer["errors"][0].update({k: plain(v) for k, v in error.data.items()})
        return answer

    def _named(self, argument: str | None) -> str | None:
        spec = getattr(getattr(self.context["view"], "endpoint", None), "spec", None)
        return spec.takes.named(argument) if spec and argument else argument


def plain(value: Any) -> Any:
    """The figure as a JSON value."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value if isinstance(value, (int, bool, dict)) or value is None else str(value)
