"""The committed schema is the server's own, and changes of it break no client."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
import yaml
from django.test import Client

from accounts.api.deprecation import Deprecation
from accounts.api.endpoints import deprecated
from billing.authorizations.api import Authorizations
from billing.payers.api import NewPayer, PayerOutput
from clinic.api import schema, views
from clinic.api.compatibility import METHODS, breaking
from clinic.management.commands.openapi import FILE


@pytest.fixture(scope="module")
def committed() -> dict:
    return yaml.safe_load(FILE.read_text())


@pytest.fixture(scope="module")
def current() -> dict:
    return yaml.safe_load(schema.as_yaml())


def operations(found: dict):
    for path, methods in found["paths"].items():
        for method in METHODS:
            if method in methods:
                yield f"{method.upper()} {path}", methods[method]


def test_no_break(committed, current) -> None:
    assert breaking(committed, current) == []


def test_the_committed_schema_is_current(committed, current) -> None:
    assert committed == current, "run 'make openapi'"


def test_every_endpoint_documents_its_effect_and_roles(current) -> None:
    for where, operation in operations(current):
        assert operation["summary"], where
        assert "Roles: " in operation["description"], where
        assert "Scope: `" in operation["description"], where


def test_every_filter_and_header_is_described(current) -> None:
    missing = [
        f"{where} {parameter['name']}"
        for where, operation in operations(current)
        for parameter in operation.get("parameters", [])
        if parameter["in"] != "path" and not parameter.get("description")
    ]
    assert missing == []


def test_every_body_has_an_example(current) -> None:
    missing = []
    for where, operation in operations(current):
        bodies = [("request", operation.get("requestBody"))]
        bodies += [
            (status, answer)
            for status, answer in operation["responses"].items()
            if status in ("200", "201")
        ]
        for name, body in bodies:
            for content in ((body or {}).get("content") or {}).values():
                if not content.get("examples"):
                    missing.append(f"{where} {name}")
    assert missing == []


def test_every_refusal_has_one_shape(current) -> None:
    for where, operation in operations(current):
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                found = answer["content"]["application/json"]["schema"]["$ref"]
                assert found == "#/components/schemas/Error", f"{where} {status}"


@pytest.mark.django_db
def test_deprecated_endpoints_and_fields_are_marked(api, monkeypatch) -> None:
    """An endpoint, a field of a request, and a field of an answer."""
    own = {"phone": Deprecation(date(2026, 12, 1), date(2027, 7, 1), "contacts")}
    for fields in (NewPayer, PayerOutput):
        monkeypatch.setattr(fields.Meta, "deprecations", own, raising=False)
    mark = deprecated(since=date(2026, 12, 1), until=date(2027, 6, 1), instead="the entries")
    monkeypatch.setattr(Authorizations.activate, "spec", Authorizations.activate.spec)
    mark(Authorizations.activate)
    answer = api.post("authorizations/1/activate")
    assert answer["Deprecation"] == "@1796083200"
    assert answer["Sunset"] == "Tue, 01 Jun 2027 00:00:00 GMT"
    found = schema.generated()
    operation = found["paths"]["/api/v1/authorizations/{id}/activate"]["post"]
    assert operation["deprecated"] is True
    assert "Works until 1 June 2027. Use the entries instead." in operation["description"]
    for name in ("NewPayer", "PayerOutput"):
        phone = found["components"]["schemas"][name]["properties"]["phone"]
        assert phone["deprecated"] is True
        assert phone["description"].endswith("Works until 1 July 2027. Use contacts instead.")


@pytest.mark.django_db
def test_naming_a_deprecated_field_adds_sunset_headers(api, monkeypatch) -> None:
    """Also when the first answer is replayed; requests without the field get no header."""
    earlier, later = (Deprecation(date(2026, 12, 1), date(2027, 6, day), "it") for day in (1, 2))
    ending = {"phone": later, "electronic_id": earlier}
    monkeypatch.setattr(NewPayer.Meta, "deprecations", ending, raising=False)
    sent = {"name": "Mutual", "phone": "312-555-0100"}
    for _ in range(2):
        answer = api.post("payers", sent, Idempotency_Key="k")
        assert (answer.status_code, answer["Sunset"]) == (201, "Wed, 02 Jun 2027 00:00:00 GMT")
    both = api.post("payers", {**sent, "electronic_id": "LM001"})
    assert (both.status_code, both["Sunset"]) == (409, "Tue, 01 Jun 2027 00:00:00 GMT")
    for body in ({"name": "Lakeshore"}, b"{", b"[]"):
        assert "Sunset" not in api.post("payers", body)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/api/docs", "/api/reference", "/api/v1/openapi"])
def test_the_documentation_is_there_for_everybody(address) -> None:
    answer = Client().get(address)
    assert answer.status_code == 200
    assert "http://" not in answer.content.decode().replace("http://www.w3.org", "")


def test_it_is_made_once_however_many_ask(monkeypatch) -> None:
    made = []

    def slowly() -> dict:
        made.append(time.sleep(0.2))
        return {"openapi": "3.1.1"}

    monkeypatch.setattr(schema, "generated", slowly)
    views._cached_schema.cache_clear()
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: views._schema(), range(4)))
    views._cached_schema.cache_clear()
    assert (len(made), set(answers)) == (1, {'{"openapi": "3.1.1"}'})


@pytest.mark.django_db
def test_an_unknown_path_answers_404_in_json() -> None:
    answer = Client().get("/api/v1/nothing")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")
    assert answer.json()["errors"][0]["code"] == "not_found"
