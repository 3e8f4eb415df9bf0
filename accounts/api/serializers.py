"""Base classes of inputs and outputs, kept apart: what is shown is not what can be written."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError as ModelInvalid
from django.db import models
from django.db.models import QuerySet
from rest_framework import serializers

from accounts.actor import Actor
from accounts.errors import DomainError
from accounts.prepared import by_id
from accounts.validators import validate_day, validate_plain_text

MAX_ID = 2**63 - 1
_ID = re.compile("[0-9]{1,19}")


class Instant(serializers.DateTimeField):
    """RFC 3339: any offset in requests, UTC in answers."""

    default_error_messages = {
        "offset": "Give the offset from UTC, as in 2026-11-23T09:00:00-06:00."
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)

    def to_internal_value(self, value: Any) -> datetime:
        found: datetime = super().to_internal_value(value)
        try:
            validate_day(found)
        except ModelInvalid as error:
            raise serializers.ValidationError(error.messages) from error
        return found

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            self.fail("offset")
        try:
            return value.astimezone(UTC)
        except OverflowError as error:
            raise serializers.ValidationError("That is too far away.") from error


class Text(serializers.CharField):
    """Plain text: no control characters, and none that turn the direction of reading around."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        found = super().run_validation(data)
        try:
            if isinstance(found, str):
                validate_plain_text(found)
        except ModelInvalid as error:
            raise serializers.ValidationError(error.messages) from error
        return found

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictInteger(serializers.IntegerField):
    """A JSON integer: neither text nor a fraction."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictBoolean(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Money(serializers.DecimalField):
    """An amount in the clinic's currency, as a string: "18.50"."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=10, decimal_places=2, **options)

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class VisibleIdField(serializers.PrimaryKeyRelatedField):
    """The id of a row that the actor may see; any other id is unknown.

    `rows` is the function of `access` for the rows: `patient_id = VisibleIdField(access.patients)`.
    """

    def __init__(self, rows: Callable[[Actor], QuerySet[Any]], **options: Any) -> None:
        self.rows = rows
        super().__init__(**options)

    def get_queryset(self) -> QuerySet[Any]:
        return self.rows(self.context["actor"])

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, str) and self.context.get("is_query") and _ID.fullmatch(data):
            data = int(data)
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("incorrect_type", data_type=type(data).__name__)
        if not 0 < data <= MAX_ID:
            self.fail("does_not_exist", pk_value=data)
        found = by_id(self.rows, self.context["actor"], data)
        if found is None:
            self.fail("does_not_exist", pk_value=data)
        return found


def service_name(field: serializers.Field) -> str:
    """The service's argument for a field: `patient_id` is `patient`.

    `service_code_ids` are `service_codes`. A field that is no id of a row, such as `member_id`,
    keeps its name.
    """
    name = str(field.source)
    if isinstance(field, serializers.ManyRelatedField):
        return f"{name[:-4]}s"
    return name.removesuffix("_id") if isinstance(field, VisibleIdField) else name


# The fields that a request may have; ids reach the service as rows.
#
# `Meta.example` is a valid request: the schema shows it, and a test sends it. `slow` maps a field
# to a function that waits for another machine, such as a DNS server: the frame calls it with the
# field's text while no transaction is open, and the service gets its result. It may raise
# DomainError.
# (A docstring would describe every component of the schema that has none.)
class Input(serializers.Serializer):
    slow: ClassVar[Mapping[str, Callable[[str], Any]]] = {}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            what = "parameter" if self.context.get("is_query") else "field"
            detail = serializers.ErrorDetail(f"There is no such {what}.", f"unknown_{what}")
            raise serializers.ValidationError({str(name)[:80]: [detail] for name in unknown})
        return super().to_internal_value(data)

    @classmethod
    def prepare(cls, sent: Any) -> dict[str, Any]:
        """The results of `slow`; a DomainError is kept, and raised when the field is validated."""
        found: dict[str, Any] = {}
        for name, look_up in cls.slow.items():
            value = sent.get(name) if isinstance(sent, dict) else None
            if isinstance(value, str):
                try:
                    found[name] = look_up(value)
                except DomainError as error:
                    found[name] = error
        return found

    def validate(self, attrs: Any) -> Any:
        for name, found in self.context.get("prepared", {}).items():
            if isinstance(found, DomainError):
                detail = serializers.ErrorDetail(found.message, found.code)
                raise serializers.ValidationError({name: [detail]})
            attrs[name] = found
        sources = {field.source: service_name(field) for field in self.fields.values()}
        return {sources[name]: value for name, value in attrs.items()}

    @classmethod
    def named(cls, argument: str) -> str:
        """The request's name for an argument of the service."""
        fields = cls().fields.items()
        return next((name for name, field in fields if service_name(field) == argument), argument)


# `Meta.fields` lists all that is shown; the schema shows `Meta.example`.
# (A docstring would describe every component of the schema that has none.)
class Output(serializers.ModelSerializer):
    _known_fields: ClassVar[dict[str, serializers.Field]]

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateTimeField: Instant,
        models.EmailField: serializers.CharField,  # an empty one is no address
    }

    def get_fields(self) -> dict[str, serializers.Field]:
        """Built once per class: for a single row, building them took longer than serializing."""
        own = type(self)
        if "_known_fields" not in own.__dict__:
            own._known_fields = super().get_fields()
        return {name: copy.deepcopy(field) for name, field in own._known_fields.items()}
