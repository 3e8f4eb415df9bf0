"""The reason that a correction is given with: short, plain, and there."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from accounts.errors import Invalid
from accounts.validators import validate_plain_text
from billing import errors

MAX_REASON_LENGTH = 300


def required(reason: str, *, of: str) -> str:
    """The reason without blanks around it. Raises ReasonMissing, Invalid."""
    if not reason.strip():
        raise errors.ReasonMissing.of(of)
    return checked(reason)


def checked(reason: str) -> str:
    """As `required`, but nothing will do."""
    text = reason.strip()
    if len(text) > MAX_REASON_LENGTH:
        raise Invalid(
            f"The reason has {len(text):,} characters; {MAX_REASON_LENGTH} fit.",
            code="reason_too_long",
            field="reason",
        )
    try:
        validate_plain_text(text)
    except ValidationError as error:
        raise Invalid(error.messages[0], code="control_character", field="reason") from error
    return text
