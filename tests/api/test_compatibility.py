"""What counts as a break of the API, and what does not."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest

from accounts.api.deprecation import Deprecation
from clinic.api.compatibility import breaking

NULL = {"type": "null"}
TAX_ID = {"type": "string", "pattern": "^[0-9]{9}$"}
BEFORE: dict[str, Any] = {
    "paths": {
        "/payers": {
            "get": {
                "operationId": "payers_list",
                "parameters": [
                    {
                        "in": "query",
                        "name": "state",
                        "schema": {"type": "string", "enum": ["a", "b"]},
                    }
                ],
                "responses": {
                    "200": {
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "properties": {
                                        "results": {
                                            "type": "array",
                                            "items": {"$ref": "#/components/schemas/Payer"},
                                        }
                                    },
                                }
                            }
                        }
                    }
                },
            },
            "post": {
                "operationId": "payers_create",
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/NewPayer"}}
                    }
                },
                "responses": {"201": {}, "409": {}},
            },
        }
    },
    "components": {
        "schemas": {
            "Payer": {
                "type": "object",
                "required": ["id"],
                "properties": {
                    "id": {"type": "integer"},
                    "name": {"type": "string"},
                    "since": {"type": "string", "format": "date"},
                    "refusal": {"oneOf": [{"$ref": "#/components/schemas/Refusal"}, NULL]},
                },
            },
            "Refusal": {
                "type": "object",
                "required": ["code"],
                "properties": {"code": {"type": "string", "enum": ["a", "b"]}},
            },
            "NewPayer": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "minLength": 1, "maxLength": 120},
                    "phone": {"type": ["string", "null"]},
                    "share": {"type": "integer", "minimum": 0, "maximum": 100},
                    "scopes": {"type": "array", "items": {"$ref": "#/components/schemas/Scope"}},
                    "tax_id": {"oneOf": [TAX_ID, {"type": "string", "maxLength": 0}]},
                },
            },
            "Scope": {"type": "string", "enum": ["patients:read", "patients:write"]},
        }
    },
}


def at(schema: Any, *path: str) -> Any:
    for name in path:
        schema = schema[name]
    return schema


GET, POST = ("paths", "/payers", "get"), ("paths", "/payers", "post")
OUT, IN = ("components", "schemas", "Payer"), ("components", "schemas", "NewPayer")
SCOPE, REFUSAL = ("components", "schemas", "Scope"), ("components", "schemas", "Refusal")
FIELDS = (*IN, "properties")
JSON = (*GET, "responses", "200", "content")
FORM = {"application/x-www-form-urlencoded": {"schema": {}}}


def changed(path: tuple[str, ...], name: str, value: Any = None) -> dict[str, Any]:
    after = copy.deepcopy(BEFORE)
    if value is None:
        del at(after, *path)[name]
    else:
        at(after, *path)[name] = value
    return after


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (changed(("paths",), "/payers"), "GET /payers was removed"),
        (changed(("paths", "/payers"), "post"), "POST /payers was removed"),
        (changed(GET, "parameters"), "GET /payers: the parameter state was removed"),
        (changed((*POST, "responses"), "409"), "POST /payers no longer answers 409"),
        (changed((*OUT, "properties"), "name"), "GET /payers 200.results[].name is no longer"),
        (
            changed((*OUT, "properties", "id"), "type", "string"),
            "GET /payers 200.results[].id gives string instead of integer",
        ),
        (changed(OUT, "required", []), "GET /payers 200.results[].id may be missing now"),
        (changed((*IN, "properties"), "phone"), "POST /payers body.phone is no longer accepted"),
        (changed(IN, "required", ["name", "phone"]), "POST /payers body.phone is required now"),
        (
            changed((*IN, "properties", "phone"), "type", "string"),
            "POST /payers body.phone accepts string instead of null or string",
        ),
        (changed(GET, "operationId", "list"), "GET /payers is called list"),
        (changed(SCOPE, "enum", ["patients:read"]), "POST /payers body.scopes[] no longer accepts"),
        (changed(SCOPE, "maxLength", 5), "POST /payers body.scopes[] has the maxLength 5 now"),
        (
            changed((*FIELDS, "name"), "enum", ["Mutual"]),
            "POST /payers body.name accepts only Mutual now",
        ),
        (changed((*FIELDS, "name"), "maxLength", 60), "POST /payers body.name has the maxLength"),
        (changed((*FIELDS, "name"), "minLength", 2), "POST /payers body.name has the minLength"),
        (changed((*FIELDS, "name"), "pattern", "^A"), "POST /payers body.name has the pattern"),
        (changed((*FIELDS, "name"), "format", "email"), "POST /payers body.name has the format"),
        (changed((*FIELDS, "share"), "minimum", 1), "POST /payers body.share has the minimum 1"),
        (changed((*FIELDS, "share"), "maximum", 99), "POST /payers body.share has the maximum"),
        (changed((*FIELDS, "scopes"), "minItems", 1), "POST /payers body.scopes has the minItems"),
        (
            changed((*FIELDS, "tax_id"), "oneOf", [TAX_ID]),
            "POST /payers body.tax_id has the pattern",
        ),
        (
            changed(FIELDS, "phone", {"oneOf": [{"type": "string"}, NULL]}),
            "POST /payers body.phone accepts",
        ),
        (changed(IN, "additionalProperties", False), "POST /payers body accepts no other"),
        (
            changed((*POST, "requestBody"), "required", True),
            "POST /payers needs a body now",
        ),
        (changed((*POST, "requestBody"), "content", FORM), "POST /payers body is no longer app"),
        (changed((*GET, "responses", "200"), "content", FORM), "GET /payers 200 is no longer app"),
        (
            changed((*OUT, "properties", "since"), "format", "date-time"),
            "GET /payers 200.results[].since is no longer a date",
        ),
        (
            changed((*OUT, "properties", "refusal"), "oneOf", [NULL, {"type": "string"}]),
            "GET /payers 200.results[].refusal gives string",
        ),
        (changed((*REFUSAL, "properties"), "code"), "GET /payers 200.results[].refusal.code is"),
        (changed(REFUSAL, "required", []), "GET /payers 200.results[].refusal.code may be"),
        (
            changed((*JSON, "application/json", "schema", "properties", "results"), "items", {}),
            "GET /payers 200.results[] gives anything instead of object",
        ),
    ],
)
def test_breaks(after, said) -> None:
    assert any(one.startswith(said) for one in breaking(BEFORE, after)), breaking(BEFORE, after)


@pytest.mark.parametrize(
    "after",
    [
        copy.deepcopy(BEFORE),
        changed(("paths",), "/claims", {"get": {"operationId": "x", "responses": {}}}),
        changed((*OUT, "properties"), "phone", {"type": "string"}),
        changed((*IN, "properties"), "fax", {"type": "string"}),
        changed(IN, "required", []),
        changed((*POST, "responses"), "422", {}),
        changed(
            (*POST, "requestBody"),
            "content",
            {**at(BEFORE, *POST)["requestBody"]["content"], **FORM},
        ),
        changed(SCOPE, "enum", ["patients:read", "patients:write", "events:read"]),
        changed((*FIELDS, "name"), "maxLength", 200),
        changed((*FIELDS, "name"), "minLength"),
        changed((*FIELDS, "share"), "type", "number"),
        changed((*FIELDS, "share"), "minimum", -1),
        changed((*FIELDS, "tax_id"), "oneOf", [{"type": "string"}]),
        changed(FIELDS, "phone", {"type": ["string", "null", "integer"]}),
        changed((*OUT, "properties", "refusal"), "oneOf", [NULL]),
        changed((*REFUSAL, "properties", "code"), "enum", ["a", "b", "c"]),
        changed((*OUT, "properties"), "id", {"allOf": [{"type": "integer", "minimum": 1}]}),
    ],
)
def test_grows(after) -> None:
    assert breaking(BEFORE, after) == []


def test_removing_a_choice_is_breaking() -> None:
    after = copy.deepcopy(BEFORE)
    at(after, *GET)["parameters"][0]["schema"]["enum"] = ["a"]
    assert breaking(BEFORE, after) == ["GET /payers?state no longer accepts b"]


def test_a_deprecation_states_its_dates() -> None:
    deprecation = Deprecation(
        since=date(2026, 12, 1), until=date(2027, 6, 1), instead="GET /payers"
    )
    assert deprecation.headers == {
        "Deprecation": "@1796083200",
        "Sunset": "Tue, 01 Jun 2027 00:00:00 GMT",
    }
