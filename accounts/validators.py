import unicodedata
import zoneinfo

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
    """Refuse control characters and bidirectional overrides: they make a name read as another.

    Right-to-left letters themselves are welcome; line breaks and tabs are left to the field.
    """
    for character in value:
        category = unicodedata.category(character)
        if (category == "Cc" and character not in "\n\r\t") or character in _BIDI_OVERRIDES:
            raise ValidationError(
                "Remove the invisible control character (U+%(code)s).",
                code="control_character",
                params={"code": f"{ord(character):04X}"},
            )


_BIDI_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
