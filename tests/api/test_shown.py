"""What outputs name and inputs take: each field by its name, and no secret among them."""

from __future__ import annotations

import pytest
from rest_framework import serializers

from accounts.api.serializers import Input, Output
from tests.api.shown import SECRET, names_of, secret_columns
from tests.api.site import Endpoint, endpoints

# A new one is shown once, to whoever made it.
SHOWN_ONCE = {
    "POST api-keys",
    "POST api-keys/{id}/rotate",
    "POST webhooks",
    "POST webhooks/{id}/rotate",
}

every_endpoint = pytest.mark.parametrize("endpoint", endpoints(), ids=str)


@every_endpoint
def test_an_output_names_each_field(endpoint: Endpoint) -> None:
    shown = endpoint.answers
    meta = getattr(shown, "Meta", None)
    if issubclass(shown, Output):
        assert isinstance(meta.fields, tuple)
        assert set(shown().fields) == set(meta.fields)
    assert meta.example.keys() == names_of(shown)


@every_endpoint
def test_an_output_has_no_secret(endpoint: Endpoint) -> None:
    columns = {name for _, name in secret_columns()}
    found = {name for name, field in shown_by(endpoint.answers) if SECRET.search(name)}
    assert found == ({"secret"} if f"{endpoint}" in SHOWN_ONCE else set())
    assert not columns & {str(field.source) for _, field in shown_by(endpoint.answers)}


def shown_by(
    shown: type[serializers.BaseSerializer] | serializers.BaseSerializer,
) -> list[tuple[str, serializers.Field]]:
    """The fields, and those of what is nested in them."""
    made = shown() if isinstance(shown, type) else shown
    fields = list(getattr(made, "child", made).fields.items())
    inner = [one for _, one in fields if isinstance(one, serializers.BaseSerializer)]
    return fields + [each for one in inner for each in shown_by(one)]


@every_endpoint
def test_an_input_names_each_field(endpoint: Endpoint) -> None:
    """None is there because the row has it."""
    assert issubclass(endpoint.takes, Input)
    assert not issubclass(endpoint.takes, serializers.ModelSerializer)
    assert not [name for name, field in endpoint.takes().fields.items() if field.read_only]
    if example := getattr(getattr(endpoint.takes, "Meta", None), "example", None):
        assert example.keys() <= endpoint.takes().fields.keys()
