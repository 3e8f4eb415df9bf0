"""Finds the changes of the API's schema that would break programs written for the old schema.

`/api/v1/` may only grow. A path, method, media type, field of an answer or accepted choice that is
removed breaks the programs that use it; so does a field or parameter that is new and required, and
a rule that is stricter than before. The choices of a field of an answer may grow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Schema = dict[str, Any]
Faults = Callable[[str, Schema, Schema], Iterator[str]]
METHODS = ("get", "post", "put", "patch", "delete")
ALTERNATIVES = ("oneOf", "anyOf")
AT_MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
AT_LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
ANYTHING = {"array", "boolean", "integer", "null", "number", "object", "string"}
EXACTLY = ("pattern", "format", "multipleOf", "const", "uniqueItems")


def breaking(before: Schema, after: Schema) -> list[str]:
    """A description of each breaking change; empty if all programs keep working."""
    return list(_paths(_resolved(before, before, {}), _resolved(after, after, {})))


def _resolved(part: Any, root: Schema, known: dict[str, Any]) -> Any:
    """The schema with every `$ref` replaced by its target and every `allOf` merged."""
    if isinstance(part, list):
        return [_resolved(one, root, known) for one in part]
    if not isinstance(part, dict):
        return part
    if "$ref" not in part:
        found = {name: _resolved(one, root, known) for name, one in part.items()}
        return _merged(*found.pop("allOf"), found) if "allOf" in found else found
    name = part["$ref"].rsplit("/", 1)[1]
    if name not in known:
        known[name] = _resolved(root["components"]["schemas"][name], root, known)
    return known[name]


def _merged(*parts: Schema) -> Schema:
    found: Schema = {}
    for part in parts:
        properties = {**found.get("properties", {}), **part.get("properties", {})}
        required = [*found.get("required", []), *part.get("required", [])]
        found |= part
        found |= {"properties": properties} if properties else {}
        found |= {"required": required} if "required" in found else {}
    return found


def _paths(before: Schema, after: Schema) -> Iterator[str]:
    for path, methods in before["paths"].items():
        for method in METHODS:
            if method not in methods:
                continue
            where = f"{method.upper()} {path}"
            now = after["paths"].get(path, {}).get(method)
            if now is None:
                yield f"{where} was removed"
            else:
                yield from _operation(where, methods[method], now)


def _operation(where: str, before: Schema, after: Schema) -> Iterator[str]:
    if before["operationId"] != after["operationId"]:
        yield f"{where} is called {after['operationId']} instead of {before['operationId']}"
    yield from _parameters(where, before.get("parameters", []), after.get("parameters", []))
    old_body, new_body = before.get("requestBody", {}), after.get("requestBody", {})
    if new_body.get("required") and not old_body.get("required"):
        yield f"{where} needs a body now"
    yield from _bodies(f"{where} body", old_body, new_body, _request)
    for status, answer in before["responses"].items():
        if status not in after["responses"]:
            yield f"{where} no longer answers {status}"
        else:
            yield from _bodies(f"{where} {status}", answer, after["responses"][status], _response)


def _parameters(where: str, before: list[Schema], after: list[Schema]) -> Iterator[str]:
    named = {(one["in"], one["name"]): one for one in after}
    known = {(one["in"], one["name"]) for one in before}
    for one in before:
        now = named.get((one["in"], one["name"]))
        if now is None:
            yield f"{where}: the parameter {one['name']} was removed"
        else:
            yield from _request(f"{where}?{one['name']}", one["schema"], now["schema"])
            if now.get("required") and not one.get("required"):
                yield f"{where}: the parameter {one['name']} is required now"
    for key, one in named.items():
        if key not in known and one.get("required"):
            yield f"{where}: the new parameter {one['name']} is required"


def _bodies(where: str, before: Schema, after: Schema, faults: Faults) -> Iterator[str]:
    """Compare the bodies of every media type that there was before."""
    contents = [one.get("content", {}) for one in (before, after)]
    for media_type, content in contents[0].items():
        if media_type not in contents[1]:
            yield f"{where} is no longer {media_type}"
        else:
            yield from faults(where, content["schema"], contents[1][media_type]["schema"])


def _request(where: str, before: Schema, after: Schema) -> Iterator[str]:
    """What was accepted must still be: each old alternative by one of the new ones."""
    for one in _alternatives(before):
        each = [list(_request_faults(where, one, now)) for now in _alternatives(after)]
        yield from min(each, key=len)


def _response(where: str, before: Schema, after: Schema) -> Iterator[str]:
    """What was promised must still be given: each new alternative must fit one of the old ones."""
    for now in _alternatives(after):
        each = [list(_response_faults(where, one, now)) for one in _alternatives(before)]
        yield from min(each, key=len)


def _alternatives(schema: Schema) -> list[Schema]:
    for word in ALTERNATIVES:
        if word in schema:
            common = {name: value for name, value in schema.items() if name != word}
            return [one for part in schema[word] for one in _alternatives(_merged(common, part))]
    return [schema]


def _request_faults(where: str, before: Schema, after: Schema) -> Iterator[str]:
    if not _types(before) <= _types(after):
        yield f"{where} accepts {_type_names(after)} instead of {_type_names(before)}"
    if "enum" in after:
        if "enum" not in before:
            yield f"{where} accepts only {', '.join(map(str, after['enum']))} now"
        elif removed := [str(one) for one in before["enum"] if one not in after["enum"]]:
            yield f"{where} no longer accepts {', '.join(removed)}"
    yield from _narrower(where, before, after)
    for name, one in before.get("properties", {}).items():
        if name not in after.get("properties", {}):
            yield f"{where}.{name} is no longer accepted"
        else:
            yield from _request(f"{where}.{name}", one, after["properties"][name])
    for name in set(after.get("required", [])) - set(before.get("required", [])):
        yield f"{where}.{name} is required now"
    if "items" in after:
        yield from _request(f"{where}[]", before.get("items", {}), after["items"])


def _narrower(where: str, before: Schema, after: Schema) -> Iterator[str]:
    for word in AT_MOST:
        if word in after and (word not in before or after[word] < before[word]):
            yield f"{where} has the {word} {after[word]} now"
    for word in AT_LEAST:
        if word in after and (word not in before or after[word] > before[word]):
            yield f"{where} has the {word} {after[word]} now"
    for word in EXACTLY:
        if word in after and after[word] != before.get(word):
            yield f"{where} has the {word} {after[word]} now"
    if after.get("additionalProperties") is False and before.get("additionalProperties", True):
        yield f"{where} accepts no other properties now"


def _response_faults(where: str, before: Schema, after: Schema) -> Iterator[str]:
    if not _types(after) <= _types(before):
        yield f"{where} gives {_type_names(after)} instead of {_type_names(before)}"
    if "format" in before and before["format"] != after.get("format"):
        yield f"{where} is no longer a {before['format']}"
    for name, one in before.get("properties", {}).items():
        if name not in after.get("properties", {}):
            yield f"{where}.{name} is no longer given"
        else:
            yield from _response(f"{where}.{name}", one, after["properties"][name])
    if "items" in before:
        yield from _response(f"{where}[]", before["items"], after.get("items", {}))
    for name in set(before.get("required", [])) - set(after.get("required", [])):
        yield f"{where}.{name} may be missing now"


def _types(schema: Schema) -> set[str]:
    found = schema.get("type", ANYTHING)
    types = {found} if isinstance(found, str) else set(found)
    return types | {"integer"} if "number" in types else types


def _type_names(schema: Schema) -> str:
    return " or ".join(sorted(_types(schema))) if "type" in schema else "anything"
