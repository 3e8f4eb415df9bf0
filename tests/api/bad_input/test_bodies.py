"""Bodies, methods and addresses that make no sense.

Whatever comes before an endpoint's own fields is the work of one parser and one frame, which the
first test here proves of every endpoint. So `make test` sends the bodies to a few of them, and
`make test-all` to each.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from accounts.api.endpoints import EndpointSpec
from accounts.api.resource import Resource
from accounts.api.serializers import Input
from clinic.api.router import router
from tests.api.bad_input.sending import Site, codes_of, working
from tests.api.shown import faults
from tests.api.site import Endpoint, endpoints, writing

DEEP = 100_000
BODIES = {
    "deep lists": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "deep in a field": b'{"name":' + b"[" * 500 + b"]" * 500 + b"}",
    "never closed": b"[" * DEEP,
    "no UTF-8": b'{"name": "a\xed\xa0\x80b\xff"}',
    "UTF-16": '{"name": "a"}'.encode("utf-16"),
    "with a mark": b"\xef\xbb\xbf{}",
    "half a character": b'{"name": "a\\ud800b"}',
    "half a character as a name": b'{"\\uDC00": 1}',
    "NaN": b'{"units": NaN}',
    "Infinity": b'{"units": -Infinity}',
    "1e400": b'{"units": 1e400}',
    "5,000 digits": b'{"units": ' + b"9" * 5000 + b"}",
    "5,000 digits as a fraction": b'{"units": 0.' + b"9" * 5000 + b"e" + b"9" * 5000 + b"}",
    "twice": b'{"name": "a", "name": "b"}',
    "twice inside": b'{"name": {"a": 1, "a": 2}}',
    "cut off": b'{"name": "',
    "a control character": b'{"name": "\x00"}',
    "two": b"{} {}",
    "a list": b"[]",
    "a text": b'"name"',
    "a number": b"1",
    "null": b"null",
}


# What a resource may say for itself; all else that reads a request, says who asks and turns an
# error into an answer is the frame's.
HOOKS = {
    *("rows", "bare_rows", "area", "nouns", "verbs", "output", "filterset_class"),
    *("ordering_fields", "lock_before", "of_records", "patient_of", "patient_id_of"),
}
# One with a body that is also read before its transaction, and one of each other kind.
SAMPLE_ENDPOINTS = (
    *("POST patients", "PATCH patients/{id}"),
    *("POST authorizations/{id}/reserve", "POST webhooks"),
)


def test_every_endpoint_has_the_one_parser_and_frame() -> None:
    assert [parser.__name__ for parser in Resource.parser_classes] == ["StrictJSONParser"]
    for route in router.urls:
        resource = route.callback.cls
        own = {name for one in _below(resource, Resource) for name in vars(one)}
        for name in ("list", "retrieve"):  # copies of the frame's, each with its own spec
            assert getattr(resource, name).__wrapped__ is getattr(Resource, name)
            own.discard(name)
        replaced = {name for name in own if hasattr(Resource, name) and name[:2] != "__"}
        assert replaced <= HOOKS, resource
        of_frame = {name for name in route.callback.initkwargs if hasattr(Resource, name)}
        assert of_frame <= {"basename", "detail", "suffix", "name", "description"}, route


def test_every_command_is_made_by_the_frame_and_reads_its_body_through_input() -> None:
    for endpoint in endpoints():
        assert isinstance(endpoint.spec, EndpointSpec), endpoint
        for one in _below(endpoint.takes, Input):
            assert not vars(one).keys() & {"to_internal_value", "run_validation", "is_valid"}, one


def _below(one: type, base: type) -> list[type]:
    """The classes that come before the base in what it inherits from."""
    return list(one.__mro__[: one.__mro__.index(base)])


@pytest.fixture(params=["sample", pytest.param("every", marks=pytest.mark.slow)])
def receiving(request: pytest.FixtureRequest) -> list[Endpoint]:
    """The endpoints that a body is sent to."""
    if request.param == "every":
        return writing()
    chosen = [one for one in writing() if str(one) in SAMPLE_ENDPOINTS]
    assert len(chosen) == len(SAMPLE_ENDPOINTS)
    return chosen


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_what_is_no_object_of_json(untouched: Site, receiving: list[Endpoint], body: bytes) -> None:
    for endpoint in receiving:
        answer = untouched.refused(endpoint, body)
        assert answer.status_code == 400, endpoint


def test_a_body_of_five_megabytes(untouched: Site, receiving: list[Endpoint]) -> None:
    big = json.dumps({"name": "x" * 5 * 2**20}).encode()
    for endpoint in receiving:
        for headers in ({}, {"Idempotency_Key": "big"}):
            answer = untouched.refused(endpoint, big, **headers)
            assert (answer.status_code, codes_of(answer)) == (413, {"too_large"}), endpoint


def test_no_body(untouched: Site) -> None:
    for endpoint in writing():
        required = [name for name, field in endpoint.takes().fields.items() if field.required]
        if required and endpoint.method == "POST":
            untouched.refused(endpoint, b"", *required)


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x", ""],
)
def test_what_is_not_called_json(untouched: Site, receiving: list[Endpoint], kind: str) -> None:
    for endpoint in receiving:
        body = json.dumps(working(untouched, endpoint)).encode()
        answer = untouched.send(endpoint, body, content_type=kind)
        assert answer.status_code == 415, endpoint
        assert faults(endpoint, answer) == []


def test_methods_that_an_address_does_not_know(untouched: Site) -> None:
    known: dict[str, set[str]] = {}
    for one in endpoints():
        known.setdefault(one.address, set()).add(one.method)
    by_address = {one.address: one for one in endpoints()}
    caller = untouched.world.callers["key: admin"]
    for address, methods in known.items():
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "NONSENSE"}:
            if method not in methods:
                answer = caller.send(method, untouched.path(by_address[address]), {})
                assert answer.status_code == 405, f"{method} {address} {answer.content!r}"
                assert faults(by_address[address], answer) == []
                assert methods <= {one.strip() for one in answer["Allow"].split(",")}


NOTHING = ("0", f"{2**63 - 1}", f"{2**63}", "9" * 19, "9" * 20, "-1", "1.5", "abc", "%00", "7/7")


@pytest.mark.parametrize("pk", NOTHING)
def test_ids_that_nothing_has(untouched: Site, pk: str) -> None:
    for endpoint in endpoints():
        if endpoint.is_of_one:
            path = endpoint.path(pk)
            answer = untouched.world.callers["key: admin"].send(endpoint.method, path, {})
            refused = (403, 404) if pk.isdecimal() and len(pk) < 20 else (404,)
            assert answer.status_code in refused, f"{endpoint} {pk}"
            assert faults(endpoint, answer) == []


HEADERS: dict[str, tuple[dict[str, str], tuple[int, ...]]] = {
    "no tag": ({"If_Match": "nonsense"}, (412,)),
    "a weak tag": ({"If_Match": 'W/"nonsense"'}, (412,)),
    "an endless tag": ({"If_Match": '"' + "x" * 10_000}, (412,)),
    "no clinic": ({"Caretally_Organization": "\x00"}, (404,)),
    "an endless clinic": ({"Caretally_Organization": "x" * 10_000}, (404,)),
}


@pytest.mark.parametrize(("headers", "expected"), HEADERS.values(), ids=HEADERS)
def test_headers_that_make_no_sense(
    untouched: Site, headers: dict[str, str], expected: tuple[int, ...]
) -> None:
    for endpoint in endpoints():
        if endpoint.method == "PATCH":
            answer = untouched.send(endpoint, working(untouched, endpoint), **headers)
            assert answer.status_code in expected, f"{endpoint} {answer.content!r}"
            assert faults(endpoint, answer) == []


def test_accept_is_no_way_to_another_shape(untouched: Site) -> None:
    """JSON is what there is: whoever accepts none of it is told so, or gets it."""
    for endpoint in endpoints():
        if endpoint.method == "GET":
            answer: Any = untouched.send(endpoint, Accept="text/html, image/*;q=nonsense")
            assert answer.status_code in (200, 400, 406), endpoint
            assert answer["Content-Type"] == "application/json", endpoint
    assert untouched.before.is_unchanged()
