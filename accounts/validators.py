import unicodedata
import zoneinfo
from datetime import date, datetime

from django.core.exceptions import ValidationError

# ISO 4217 codes of the currencies whose minor unit is 1/100; money columns keep two decimals.
CURRENCIES = frozenset(
    {"AED", "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "ILS", "INR"}
    | {"MXN", "NOK", "NZD", "PLN", "SEK", "SGD", "THB", "USD", "ZAR"}
)


def validate_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            "%(name)s is not an IANA time zone such as America/Chicago.",
            code="invalid_time_zone",
            params={"name": name},
        )


def validate_currency(code: str) -> None:
    if code not in CURRENCIES:
        raise ValidationError(
            "%(code)s is not a supported ISO 4217 currency code.",
            code="invalid_currency",
            params={"code": code},
        )


def validate_plain_text(value: str) -> None:
    """Refuse invisible characters, and those that make a name look like another one.

    These are control characters, directional marks and overrides, and surrogates. Right-to-left
    letters and the joiners of their scripts are allowed; line breaks and tabs are up to the field.
    """
    if "\ufffd" in value:
        raise ValidationError(
            "Part of this could not be read (it shows as \ufffd). Type it again.", code="unreadable"
        )
    for character in value:
        category = unicodedata.category(character)
        if (category == "Cc" and character not in "\n\r\t") or character in _INVISIBLE:
            raise ValidationError(
                "Remove the invisible control character (U+%(code)s).",
                code="control_character",
                params={"code": f"{ord(character):04X}"},
            )


_DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_WITHOUT_WIDTH = "\u200b\u2060\ufeff"
_INVISIBLE = frozenset(_DIRECTIONS + _WITHOUT_WIDTH)

# Arithmetic with instants overflows within a day of the first and last date.
FIRST_YEAR, LAST_YEAR = 1900, 2199


def validate_day(day: date | datetime) -> None:
    """Refuse a date that is too far off for arithmetic."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValidationError(
            "Choose a date between %(first)s and %(last)s.",
            code="date_range",
            params={"first": FIRST_YEAR, "last": LAST_YEAR},
        )
