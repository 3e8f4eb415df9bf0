"""Generates the whole schema. Warnings of the generator are treated as errors."""

from __future__ import annotations

import json
from typing import Any

from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.validation import validate_schema


class SchemaFault(Exception):
    """The generator reported warnings or errors."""


def generated() -> dict[str, Any]:
    """The schema, of plain JSON types. Raises SchemaFault."""
    GENERATOR_STATS.reset()
    with GENERATOR_STATS.silence():
        found = SchemaGenerator().get_schema(request=None, public=True)
    if GENERATOR_STATS:
        raise SchemaFault(str({**GENERATOR_STATS._warn_cache, **GENERATOR_STATS._error_cache}))
    plain: dict[str, Any] = json.loads(OpenApiJsonRenderer().render(found, renderer_context={}))
    return plain


def as_yaml() -> str:
    """The schema, validated against OpenAPI's own schema. Raises SchemaFault."""
    found = generated()
    validate_schema(found)
    text: bytes = OpenApiYamlRenderer().render(found, renderer_context={})
    return text.decode()
