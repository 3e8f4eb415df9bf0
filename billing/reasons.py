"""Checks the reasons that are given for corrections."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from accounts.errors import Invalid
from accounts.validators import validate_plain_text

MAX_REASON_LENGTH = 300


class ReasonMissing(Invalid):
    code = "reason_missing"

    @classmethod
    def of(cls, what: str) -> ReasonMissing:
        return cls(f"Say why: {what} needs a reason.", field="reason")


def required(reason: str, *, of: str) -> str:
    """The reason without surrounding white space. Raises ReasonMissing, Invalid."""
    if not reason.strip():
        raise ReasonMissing.of(of)
    return checked(reason)


def checked(reason: str) -> str:
    """As `required`, but the reason may be empty. Raises Invalid."""
    text = reason.strip()
    if len(text) > MAX_REASON_LENGTH:
        raise Invalid(
            f"The reason has {len(text):,} characters. At most {MAX_REASON_LENGTH} are allowed.",
            code="reason_too_long",
            field="reason",
        )
    try:
        validate_plain_text(text)
    except ValidationError as error:
        raise Invalid(error.messages[0], code="control_character", field="reason") from error
    return text
