"""What an address does not know is said so, whatever else came along."""

from __future__ import annotations

import pytest

from tests.api.client import ApiClient, error

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["PUT", "TRACE", "OPTIONS", "DELETE", "BREW"])
@pytest.mark.parametrize("headers", [{}, {"Idempotency_Key": ""}, {"If_Match": '"x"'}])
def test_another_method(api, method, headers) -> None:
    answer = api.send(method, "locations", **headers)
    assert (answer.status_code, error(answer)["code"]) == (405, "method_not_allowed")
    assert answer["Allow"] == "GET, HEAD, POST"


def test_it_is_no_way_in() -> None:
    assert ApiClient().send("OPTIONS", "locations").status_code == 405


@pytest.mark.parametrize("query", ["state", "practitioner", "first"])
def test_an_empty_filter_lists_nothing(api, query) -> None:
    refused = api.get("patients", {query: ""})
    assert (refused.status_code, error(refused)["code"]) == (400, "blank")
    assert error(refused)["attr"] == query


def test_an_empty_search_finds_all(api) -> None:
    assert api.get("patients", {"search": ""}).status_code == 200
