"""A strict JSON parser: it refuses what two programs could read in different ways."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

MAX_DEPTH = 20


class StrictJSONParser(BaseParser):
    """UTF-8, no duplicate keys, no NaN or infinity, at most 20 levels deep (RFC 8259, RFC 7493)."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            text = _read(stream).decode("utf-8")
            found = json.loads(
                text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_number
            )
        except UnicodeDecodeError as error:
            raise ParseError("The body is not UTF-8.") from error
        except RecursionError as error:
            raise ParseError("The body is nested too deeply.") from error
        except ValueError as error:
            raise ParseError(f"The body is not JSON: {error}") from error
        if "\\ud" in text.lower() and not _is_text(found):
            raise ParseError("The body holds half of a surrogate pair, which is no character.")
        if _is_deeper(found, MAX_DEPTH):
            raise ParseError("The body is nested too deeply.")
        return found


def _read(stream: Any) -> bytes:
    """Raises RequestDataTooBig, which Django itself does for forms only."""
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    content: bytes = stream.read(most + 1)
    if len(content) > most:
        raise RequestDataTooBig
    return content


def _is_text(found: Any) -> bool:
    """Whether it has no lone surrogate, which `\\ud800` can write but UTF-8 cannot."""
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key[:40]!r} comes twice")
        found[key] = value
    return found


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _number(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{text[:20]} is too large a number")
    return number


def _is_deeper(value: Any, levels: int) -> bool:
    if not isinstance(value, (dict, list)):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(one, levels - 1) for one in inner)
