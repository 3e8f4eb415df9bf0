"""Every example of the schema, sent to the server: it works, and the answer is as it says."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import jsonschema
import pytest
import time_machine
from django.db import transaction

from accounts.api_keys import services as api_keys
from accounts.models import User
from accounts.models.api import SCOPES
from accounts.roles import Role
from accounts.webhooks import addresses
from clinic.api import router, schema
from clinic.api.compatibility import METHODS
from tests.api import world as clinic_of_examples
from tests.api.client import ApiClient
from tests.api.prepared import AT, BY_A_PERSON, PREPARED
from tests.api.world import NOW, World

NewApp = Callable[[User], ApiClient]

NOUNS = sorted(prefix for prefix, _, _ in router.router.registry)


@functools.cache
def the_schema() -> dict[str, Any]:
    return schema.generated()


def operations(noun: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in the_schema()["paths"].items():
        if path.split("/")[3] == noun:
            for method in METHODS:
                if method in methods:
                    yield method, path, methods[method]


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    def unknown(name: str, *args: object, **options: object) -> None:
        raise OSError(f"{name} is not looked up here")

    monkeypatch.setattr(addresses, "resolve", unknown)
    return clinic_of_examples.build()


@pytest.mark.parametrize("noun", NOUNS)
def test_every_example_works(noun: str, world: World, new_app: NewApp) -> None:
    failed = []
    for method, path, operation in operations(noun):
        with transaction.atomic():
            try:
                replay(world, new_app, method, path, operation)
            except AssertionError as error:
                failed.append(f"{operation['operationId']}: {error}")
            transaction.set_rollback(True)
    assert not failed, "\n\n".join(failed)


def test_every_operation_is_sent() -> None:
    sent = {operation["operationId"] for noun in NOUNS for _, _, operation in operations(noun)}
    known = {
        methods[method]["operationId"]
        for methods in the_schema()["paths"].values()
        for method in METHODS
        if method in methods
    }
    assert sent == known
    assert {*PREPARED, *AT, *BY_A_PERSON} <= known


def replay(
    world: World, new_app: NewApp, method: str, path: str, operation: dict[str, Any]
) -> None:
    name = operation["operationId"]
    status, promised = next(iter(operation["responses"].items()))
    body = request_of(operation)
    with time_machine.travel(NOW, tick=False):
        key = api_keys.create(
            actor=world.admin, name="Examples", role=Role.ADMIN, scopes=list(SCOPES)
        )
    with time_machine.travel(AT.get(name, NOW), tick=False):
        if prepare := PREPARED.get(name):
            prepare(world)
        api = new_app(world.admin.user) if name in BY_A_PERSON else ApiClient(key.secret)
        answer = api.send(method.upper(), address(path), body, query=query_of(operation))
    assert answer.status_code == int(status), answer.content.decode()
    if "content" not in promised:
        assert answer.content == b""
        return
    content = promised["content"]["application/json"]
    shown, example = answer.json(), example_of(content)
    conforms(shown, content["schema"])
    conforms(example, content["schema"])
    assert alike(shown, example) == []
    if method == "get":
        assert_shown(shown, example)
    elif name.endswith(("_create", "_update")):
        assert_taken(body, shown)


def address(path: str) -> str:
    """With the id of the example that reading one gives."""
    noun = path.split("/")[3]
    read = the_schema()["paths"].get(f"/api/v1/{noun}/{{id}}", {}).get("get")
    if read is None:
        return path
    content = read["responses"]["200"]["content"]["application/json"]
    return path.replace("{id}", str(example_of(content)["id"]))


def request_of(operation: dict[str, Any]) -> Any:
    if "requestBody" not in operation:
        return None
    content = operation["requestBody"]["content"]["application/json"]
    example = example_of(content)
    conforms(example, content["schema"])
    return example


def query_of(operation: dict[str, Any]) -> dict[str, Any]:
    """Each parameter that has to be there has an example."""
    return {
        one["name"]: one["example"]
        for one in operation.get("parameters", [])
        if one["in"] == "query" and one.get("required")
    }


def example_of(content: dict[str, Any]) -> Any:
    (example,) = content["examples"].values()
    return example["value"]


def conforms(value: Any, wanted: dict[str, Any]) -> None:
    found = jsonschema.Draft202012Validator(
        {**wanted, "components": the_schema()["components"]},
        format_checker=jsonschema.FormatChecker(),
    )
    faults = [f"{error.json_path}: {error.message}" for error in found.iter_errors(value)]
    assert faults == []


def alike(shown: Any, example: Any, where: str = "$") -> list[str]:
    """Where keys or types differ; what may be null is, in one or the other."""
    if shown is None or example is None:
        return []
    if type(shown) is not type(example):
        return [f"{where}: {shown!r} instead of {example!r}"]
    if isinstance(example, list):
        return alike(shown[0], example[0], f"{where}[]") if shown and example else []
    if not isinstance(example, dict):
        return []
    if where.endswith((".details", ".data")):  # figures, each with its own
        return []
    if shown.keys() != example.keys():
        return [f"{where}: {sorted(shown)} instead of {sorted(example)}"]
    return [fault for key in example for fault in alike(shown[key], example[key], f"{where}.{key}")]


def assert_shown(shown: Any, example: Any) -> None:
    """Reading gives the example itself; a list has it among others."""
    if "results" in example:
        assert example["results"][0] in shown["results"], shown["results"]
    else:
        assert shown == example


def assert_taken(sent: dict[str, Any], shown: dict[str, Any]) -> None:
    """What was sent is what is stored."""
    for name, value in sent.items():
        if name in shown and name != "version":
            assert comparable(shown[name]) == comparable(value), name


def comparable(value: Any) -> Any:
    try:
        return datetime.fromisoformat(value).astimezone() if "T" in value else value
    except (TypeError, ValueError):
        return value
