"""What a change of the schema would break for the programs that are written against it.

`/api/v1/` only grows: an address, a method, a field of an answer or a choice that is gone breaks
who reads it; a field, parameter or rule that is new and required breaks who writes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")


def breaking(before: Schema, after: Schema) -> list[str]:
    """Each break in words; empty when every program goes on working."""
    return list(_paths(before, after))


def _paths(before: Schema, after: Schema) -> Iterator[str]:
    for path, methods in before["paths"].items():
        for method in METHODS:
            if method not in methods:
                continue
            where = f"{method.upper()} {path}"
            now = after["paths"].get(path, {}).get(method)
            if now is None:
                yield f"{where} is gone"
            else:
                yield from _operation(where, methods[method], now, (before, after))


def _operation(
    where: str, before: Schema, after: Schema, roots: tuple[Schema, Schema]
) -> Iterator[str]:
    if before["operationId"] != after["operationId"]:
        yield f"{where} is called {after['operationId']} instead of {before['operationId']}"
    yield from _parameters(where, before.get("parameters", []), after.get("parameters", []), roots)
    sent = [one.get("requestBody") for one in (before, after)]
    if sent[1] and not sent[0] and sent[1].get("required"):
        yield f"{where} needs a body now"
    for body_before, body_after in _bodies(*sent):
        yield from _request(f"{where} body", body_before, body_after, roots)
    for status, answer in before["responses"].items():
        if status not in after["responses"]:
            yield f"{where} does not answer {status} any more"
            continue
        for body_before, body_after in _bodies(answer, after["responses"][status]):
            yield from _response(f"{where} {status}", body_before, body_after, roots)


def _parameters(
    where: str, before: list[Schema], after: list[Schema], roots: tuple[Schema, Schema]
) -> Iterator[str]:
    named = {(one["in"], one["name"]): one for one in after}
    known = {(one["in"], one["name"]) for one in before}
    for one in before:
        now = named.get((one["in"], one["name"]))
        if now is None:
            yield f"{where}: the parameter {one['name']} is gone"
        else:
            yield from _request(f"{where}?{one['name']}", one["schema"], now["schema"], roots)
            if now.get("required") and not one.get("required"):
                yield f"{where}: the parameter {one['name']} is required now"
    for key, one in named.items():
        if key not in known and one.get("required"):
            yield f"{where}: the new parameter {one['name']} is required"


def _bodies(before: Any, after: Any) -> Iterator[tuple[Schema, Schema]]:
    """The schemas of the media types that both have."""
    contents = [(one or {}).get("content", {}) for one in (before, after)]
    for media_type in contents[0].keys() & contents[1].keys():
        yield contents[0][media_type]["schema"], contents[1][media_type]["schema"]


def _request(
    where: str, before: Schema, after: Schema, roots: tuple[Schema, Schema]
) -> Iterator[str]:
    """What was accepted is accepted still."""
    before, after = _resolved(before, roots[0]), _resolved(after, roots[1])
    if _types(before) - _types(after):
        yield f"{where} takes {_said(after)} instead of {_said(before)}"
    if gone := _choices(before, after):
        yield f"{where} does not take {', '.join(gone)} any more"
    properties = before.get("properties", {})
    for name, one in properties.items():
        if name not in after.get("properties", {}):
            yield f"{where}.{name} is not taken any more"
        else:
            yield from _request(f"{where}.{name}", one, after["properties"][name], roots)
    for name in set(after.get("required", [])) - set(before.get("required", [])):
        yield f"{where}.{name} is required now"


def _response(
    where: str, before: Schema, after: Schema, roots: tuple[Schema, Schema]
) -> Iterator[str]:
    """What was promised is given still."""
    before, after = _resolved(before, roots[0]), _resolved(after, roots[1])
    if _types(after) - _types(before):
        yield f"{where} gives {_said(after)} instead of {_said(before)}"
    for name, one in before.get("properties", {}).items():
        if name not in after.get("properties", {}):
            yield f"{where}.{name} is not given any more"
        else:
            yield from _response(f"{where}.{name}", one, after["properties"][name], roots)
    if "items" in before and "items" in after:
        yield from _response(f"{where}[]", before["items"], after["items"], roots)
    for name in set(before.get("required", [])) - set(after.get("required", [])):
        yield f"{where}.{name} may be missing now"


def _resolved(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        schema = root["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def _types(schema: Schema) -> set[str]:
    found = schema.get("type", [])
    return {found} if isinstance(found, str) else set(found)


def _said(schema: Schema) -> str:
    return " or ".join(sorted(_types(schema))) or "anything"


def _choices(before: Schema, after: Schema) -> list[str]:
    if "enum" not in before or "enum" not in after:
        return []
    return [str(one) for one in before["enum"] if one not in after["enum"]]
