"""Every field of every input refuses what it cannot be, by its name."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework import serializers

from accounts.api.serializers import StrictBoolean, StrictInteger, Text, VisibleIdField
from tests.api.bad_input.sending import (
    Site,
    codes_of,
    fields_of,
    one_of,
    own_of,
    shortened,
    working,
)
from tests.api.site import Endpoint, writing

OF_TEXT = (
    serializers.CharField,
    serializers.DateField,
    serializers.DateTimeField,
    serializers.TimeField,
    serializers.DecimalField,
    serializers.ChoiceField,
)
VALUES: tuple[Any, ...] = (None, True, 7, 1.5, "text", [], [None], [[7]], {}, {"id": 7})

pytestmark = pytest.mark.parametrize("endpoint", writing(), ids=str)


def is_wrong(field: serializers.Field, value: Any) -> bool:
    """By its type; what may be right is left out."""
    if value is None:
        return not field.allow_null
    if isinstance(field, (serializers.ListField, serializers.ManyRelatedField)):
        return value != []
    if isinstance(field, StrictBoolean):
        return value is not True
    if isinstance(field, StrictInteger):
        return isinstance(value, bool) or not isinstance(value, int)
    if isinstance(field, Text):
        return not isinstance(value, str)
    assert isinstance(field, (VisibleIdField, *OF_TEXT)), f"these tests do not know {field}"
    return True


def test_wrong_types(untouched: Site, endpoint: Endpoint) -> None:
    fields = endpoint.takes().fields.items()
    for value in VALUES:
        wrong = {name: value for name, field in fields if is_wrong(field, value)}
        if wrong:
            untouched.refused(endpoint, wrong, *wrong)


NO_TEXT = ("nu\0l", "esc\x1b[31m", "\x9b", "\u202eadA", "\u2066x", "mark\u200f", "\u200b")


def test_text_that_is_not_plain(untouched: Site, endpoint: Endpoint) -> None:
    names = [name for name, _ in fields_of(endpoint, Text)]
    lists = [
        name
        for name, field in fields_of(endpoint, serializers.ListField)
        if isinstance(field.child, (Text, serializers.ChoiceField))
    ]
    for text in NO_TEXT:
        body = {**dict.fromkeys(names, text), **{name: [text] for name in lists}}
        if body:
            untouched.refused(endpoint, body, *body)


def test_text_fields_reject_oversize(untouched: Site, endpoint: Endpoint) -> None:
    texts = dict(fields_of(endpoint, Text))
    endless = [name for name, field in texts.items() if not field.max_length]
    assert endless == []
    body = {name: "x" * max(10_000, field.max_length + 1) for name, field in texts.items()}
    if body:
        untouched.refused(endpoint, body, *body)


def test_blank_text(untouched: Site, endpoint: Endpoint) -> None:
    body = {name: " \t\n" for name, field in fields_of(endpoint, Text) if not field.allow_blank}
    if body:
        untouched.refused(endpoint, body, *body)


def test_numbers_out_of_range(untouched: Site, endpoint: Endpoint) -> None:
    names = [name for name, _ in fields_of(endpoint, StrictInteger)]
    for number in (-1, 2**31, 2**63, 10**400, 1e308) if names else ():
        untouched.refused(endpoint, dict.fromkeys(names, number), *names)
    amounts = [name for name, _ in fields_of(endpoint, serializers.DecimalField)]
    for text in ("-0.01", "1.001", "1e9", "NaN", "Infinity", "9" * 400) if amounts else ():
        untouched.refused(endpoint, dict.fromkeys(amounts, text), *amounts)


NO_MOMENT = (
    "",
    "2026-02-30",
    "0000-00-00",
    "10000-01-01",
    "2026-02-30T10:00:00Z",
    "2026-01-01T10:00:00+99:00",
    "24:01",
    "1" * 5000,
    "\0",
    "\u0661\u0662",
    "tomorrow",
)
MOMENTS = (serializers.DateField, serializers.DateTimeField, serializers.TimeField)


def test_no_moments(untouched: Site, endpoint: Endpoint) -> None:
    names = [name for name, _ in fields_of(endpoint, *MOMENTS)]
    for text in NO_MOMENT if names else ():
        untouched.refused(endpoint, dict.fromkeys(names, text), *names)


FAR = {
    serializers.DateField: ("0001-01-01", "1899-12-31", "9999-12-31"),
    serializers.DateTimeField: (
        "0001-01-01T00:00:00+14:00",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-12:00",
        "9999-12-31T23:59:59Z",
    ),
}


def test_moments_beyond_reckoning(untouched: Site, endpoint: Endpoint) -> None:
    """In a request that would work but for it."""
    for kind, moments in FAR.items():
        for name, _ in fields_of(endpoint, kind):
            for moment in moments:
                body = {**working(untouched, endpoint), name: moment}
                untouched.refused(endpoint, body)


def ids_of(endpoint: Endpoint) -> dict[str, VisibleIdField]:
    fields = endpoint.takes().fields.items()
    return {name: own for name, field in fields if (own := own_of(field))}


def test_ids_that_nothing_has(untouched: Site, endpoint: Endpoint) -> None:
    fields = ids_of(endpoint)
    for pk in (0, -1, 7, 2**63 - 1, 2**63, 10**30) if fields else ():
        refused = untouched.refused(endpoint, _with(endpoint, dict.fromkeys(fields, pk)), *fields)
        assert "does_not_exist" in codes_of(refused), shortened(pk)


def test_ids_of_the_other_clinic(untouched: Site, endpoint: Endpoint) -> None:
    fields = ids_of(endpoint)
    theirs = {name: one_of(own, untouched.other) for name, own in fields.items()}
    if theirs:
        refused = untouched.refused(endpoint, _with(endpoint, theirs), *theirs)
        assert "does_not_exist" in codes_of(refused)


def _with(endpoint: Endpoint, ids: dict[str, int]) -> dict[str, Any]:
    fields = endpoint.takes().fields
    many = serializers.ManyRelatedField
    return {name: [pk] if isinstance(fields[name], many) else pk for name, pk in ids.items()}


def test_fields_that_there_are_not(untouched: Site, endpoint: Endpoint) -> None:
    """Fields of the row and of its output that the input does not have."""
    model = endpoint.resource.output.Meta.model
    columns = {
        name for field in model._meta.get_fields() for name in (field.name, f"{field.name}_id")
    }
    others = columns | set(endpoint.answers().fields) | {"pk", "__class__", "organization_id"}
    unknown = sorted(others - set(endpoint.takes().fields))
    refused = untouched.refused(endpoint, dict.fromkeys(unknown, 1), *unknown)
    assert codes_of(refused) == {"unknown_field"}
    for name in ("x" * 10_000, "\0", ""):
        refused = untouched.refused(endpoint, {**working(untouched, endpoint), name: 1})
        assert codes_of(refused) == {"unknown_field"}


def test_required_fields(untouched: Site, endpoint: Endpoint) -> None:
    required = [name for name, field in endpoint.takes().fields.items() if field.required]
    if required and endpoint.method == "POST":
        untouched.refused(endpoint, {}, *required)
