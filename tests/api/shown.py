"""What an answer may contain: exactly what its output names, and no secret."""

from __future__ import annotations

import re
from typing import Any

from django.apps import apps
from django.http import HttpResponse
from rest_framework import serializers

from tests.api.site import Endpoint

SECRET = re.compile("hash|password|token|sealed|secret")
OWN = ("accounts", "billing", "scheduling")


def names_of(shown: type[serializers.BaseSerializer]) -> set[str]:
    """`Meta.fields`; a plain serializer's declared fields."""
    meta = getattr(shown, "Meta", None)
    return set(getattr(meta, "fields", None) or shown().fields)


def faults(endpoint: Endpoint, answer: HttpResponse) -> list[str]:
    """Where the answer shows more or less than it says, or refuses in another shape."""
    if answer.status_code == 204:
        return [] if answer.content == b"" else ["gets more than nothing"]
    found = answer.json()
    if answer.status_code >= 400:
        return _of_refusal(found)
    if not endpoint.pages:
        return _of_row(endpoint, found)
    if found.keys() != {"count", "next", "previous", "results"}:
        return [f"gets a page of {sorted(found)}"]
    return [fault for one in found["results"] for fault in _of_row(endpoint, one)]


def _of_row(endpoint: Endpoint, found: dict[str, Any]) -> list[str]:
    differing = names_of(endpoint.answers) ^ found.keys()
    return [f"{sorted(differing)} shown or lacking"] if differing else []


def _of_refusal(found: Any) -> list[str]:
    if not isinstance(found, dict) or found.keys() != {"type", "errors"} or not found["errors"]:
        return [f"is refused in another shape: {found!r}"]
    if found["type"] not in ("validation_error", "client_error"):
        return [f"meets a {found['type']}"]
    return [
        f"is refused in another shape: {one!r}"
        for one in found["errors"]
        if not {"code", "detail", "attr"} <= one.keys() or not one["code"] or not one["detail"]
    ]


def secret_columns() -> list[tuple[type[Any], str]]:
    return [
        (model, field.name)
        for model in apps.get_models()
        if model._meta.app_label in OWN
        for field in model._meta.concrete_fields
        if SECRET.search(field.name) and field.get_internal_type() in ("CharField", "BinaryField")
    ]


def secrets() -> dict[str, str]:
    """The values of those columns."""
    return {
        value if isinstance(value, str) else bytes(value).hex(): f"{model.__name__}.{name}"
        for model, name in secret_columns()
        for value in model._default_manager.values_list(name, flat=True)
        if value
    }


def shown_of(kept: dict[str, str], answer: HttpResponse) -> list[str]:
    """The columns whose value occurs in the answer."""
    text = answer.content.decode()
    return [column for value, column in kept.items() if value in text]
