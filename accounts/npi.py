"""National Provider Identifier.

Rule: CMS, "Requirements for National Provider Identifier (NPI) and NPI check digit" (2004): ten
digits, the last a Luhn check digit over the number prefixed with 80840 (ISO 7812 issuer of the US).
"""

from django.core.exceptions import ValidationError

ISSUER_PREFIX = "80840"


def check_digit(first_nine: str) -> str:
    total = 0
    for position, digit in enumerate(reversed(ISSUER_PREFIX + first_nine)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def is_valid_npi(number: str) -> bool:
    return (
        len(number) == 10
        and number.isascii()
        and number.isdigit()
        and number[0] in "12"
        and check_digit(number[:9]) == number[9]
    )


def validate_npi(number: str) -> None:
    if not is_valid_npi(number):
        raise ValidationError(
            "%(number)s is not a valid NPI: ten digits, the first 1 or 2, the last a check digit.",
            code="invalid_npi",
            params={"number": number},
        )
