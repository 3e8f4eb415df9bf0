"""What an address does not know is said so, whatever else came along."""

from __future__ import annotations

import pytest

from tests.api.client import ApiClient, error
from tests.api.desk import Desk

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["PUT", "TRACE", "OPTIONS", "DELETE", "BREW"])
@pytest.mark.parametrize("headers", [{}, {"Idempotency_Key": ""}, {"If_Match": '"x"'}])
def test_another_method(api, method, headers) -> None:
    answer = api.send(method, "locations", **headers)
    assert (answer.status_code, error(answer)["code"]) == (405, "method_not_allowed")
    assert answer["Allow"] == "GET, HEAD, POST"


def test_options_is_not_allowed() -> None:
    assert ApiClient().send("OPTIONS", "locations").status_code == 405


@pytest.mark.parametrize("query", ["state", "practitioner", "first"])
def test_an_empty_filter_lists_nothing(api, query) -> None:
    refused = api.get("patients", {query: ""})
    assert (refused.status_code, error(refused)["code"]) == (400, "blank")
    assert error(refused)["attr"] == query


def test_an_empty_search_finds_all(api) -> None:
    assert api.get("patients", {"search": ""}).status_code == 200


@pytest.mark.parametrize(
    "path", ["payers", "payers/{payer}", "{held}/availability", "{held}/entries"]
)
def test_head_is_get_without_the_body(api, clinic, path) -> None:
    desk = Desk(clinic)
    held = f"authorizations/{desk.authorization.pk}"
    path = path.format(payer=desk.authorization.payer_id, held=held)
    query = {
        "availability": {
            "units": 2,
            "date_of_service": str(clinic.today()),
            "service_code_id": desk.service.pk,
        },
        "entries": {"kind": "grant", "page_size": 1},
    }.get(path.split("/")[-1], {})
    got, headed = (api.send(method, path, query=query) for method in ("GET", "HEAD"))
    assert (got.status_code, headed.status_code) == (200, 200)
    assert (headed.content, headed["ETag"]) == (b"", got["ETag"])
    assert api.send("HEAD", path, query={**query, "units_": 1}).status_code == 400


def test_a_parameter_that_comes_twice_is_refused(api) -> None:
    refused = api.get("patients", {"state": ["inactive", "all"]})
    assert (refused.status_code, error(refused)["code"]) == (400, "repeated_parameter")
    assert error(refused)["attr"] == "state"
    assert api.get("patients", {"state": ["all"]}).status_code == 200
