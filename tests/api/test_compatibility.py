"""What counts as a break of the API, and what does not."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest

from accounts.api.endpoints import Farewell
from clinic.api.compatibility import breaking

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
                "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
            },
            "NewPayer": {
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"type": "string"}, "phone": {"type": ["string", "null"]}},
            },
        }
    },
}


def at(schema: Any, *path: str) -> Any:
    for name in path:
        schema = schema[name]
    return schema


GET, POST = ("paths", "/payers", "get"), ("paths", "/payers", "post")
OUT, IN = ("components", "schemas", "Payer"), ("components", "schemas", "NewPayer")


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
        (changed(("paths",), "/payers"), "GET /payers is gone"),
        (changed(("paths", "/payers"), "post"), "POST /payers is gone"),
        (changed(GET, "parameters"), "GET /payers: the parameter state is gone"),
        (changed((*POST, "responses"), "409"), "POST /payers does not answer 409 any more"),
        (changed((*OUT, "properties"), "name"), "GET /payers 200.results[].name is not given"),
        (
            changed((*OUT, "properties", "id"), "type", "string"),
            "GET /payers 200.results[].id gives string instead of integer",
        ),
        (changed(OUT, "required", []), "GET /payers 200.results[].id may be missing now"),
        (changed((*IN, "properties"), "phone"), "POST /payers body.phone is not taken any more"),
        (changed(IN, "required", ["name", "phone"]), "POST /payers body.phone is required now"),
        (
            changed((*IN, "properties", "phone"), "type", "string"),
            "POST /payers body.phone takes string instead of null or string",
        ),
        (changed(GET, "operationId", "list"), "GET /payers is called list"),
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
    ],
)
def test_grows(after) -> None:
    assert breaking(BEFORE, after) == []


def test_a_choice_taken_away_breaks() -> None:
    after = copy.deepcopy(BEFORE)
    at(after, *GET)["parameters"][0]["schema"]["enum"] = ["a"]
    assert breaking(BEFORE, after) == ["GET /payers?state does not take b any more"]


def test_a_farewell_says_when() -> None:
    farewell = Farewell(since=date(2026, 12, 1), until=date(2027, 6, 1), instead="GET /payers")
    assert farewell.headers == {
        "Deprecation": "@1796083200",
        "Sunset": "Tue, 01 Jun 2027 00:00:00 GMT",
    }
