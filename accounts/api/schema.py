"""The OpenAPI schema, generated from the specs of endpoints."""

from __future__ import annotations

from typing import Any

import django_filters
from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from accounts import permissions
from accounts.api.credentials import ORGANIZATION
from accounts.api.deprecation import deprecations
from accounts.api.endpoints import EndpointSpec
from accounts.api.pagination import Pages
from accounts.api.resource import Resource
from accounts.api.serializers import MAX_ID, Input, VisibleIdField
from accounts.roles import Role
from accounts.web.filters import ActiveFilter
from accounts.writes.idempotent_answers import HEADER as IDEMPOTENCY_KEY
from accounts.writes.idempotent_answers import REPLAYED

WRITES = ("POST", "PATCH", "DELETE")
_ID = {"type": "integer", "minimum": 0, "maximum": MAX_ID}


class ErrorItem(serializers.Serializer):
    code = serializers.CharField(help_text="Stable; meant for programs.")
    detail = serializers.CharField(help_text="What happened and what to do, for people.")
    attr = serializers.CharField(allow_null=True, help_text="The field at fault, if one is.")


class Error(serializers.Serializer):
    """Figures such as `needed`, `available` and `until` stand beside `code` where there are any."""

    type = serializers.ChoiceField(choices=["validation_error", "client_error", "server_error"])
    errors = ErrorItem(many=True)


ANSWERS = {
    400: "The request is not valid.",
    401: "No key or token, or one that is not valid (any more).",
    403: "Your own clinic, but neither your role nor your scope reaches so far.",
    404: "There is no such thing, or it is somebody else's.",
    406: "The `Accept` header lets no JSON through.",
    409: "A rule stands against it now, or the first request with this key still runs.",
    412: "It was changed since you read it: `If-Match` does not match.",
    413: "The body is too large.",
    415: "The body is not `application/json`.",
    422: "The idempotency key came with another request before.",
    429: "Too many requests in this minute; see `Retry-After`.",
    503: "Many people are changing this at once, or the database does not answer: send it again.",
}
ON_READS = (400, 401, 403, 404, 406, 429)


class Schema(AutoSchema):
    view: Resource

    @property
    def spec(self) -> EndpointSpec:
        return self.view.spec

    def is_excluded(self) -> bool:
        return not isinstance(self.view, Resource)

    def get_tags(self) -> list[str]:
        return [self.view.area]

    def get_operation_id(self) -> str:
        name = {"partial_update": "update", "destroy": "delete", "retrieve": "read"}
        noun = self.view.basename.replace("-", "_")
        return f"{noun}_{name.get(self.view.action, self.view.action)}"

    def get_summary(self) -> str:
        if self.view.action == "list":
            return f"List {self._nouns()}"
        if self.view.action == "retrieve":
            return f"Read one of the {self._nouns()}"
        return (self.view.endpoint.__doc__ or "").strip().splitlines()[0].rstrip(".")

    def _nouns(self) -> str:
        return self.view.nouns or self.view.basename.replace("-", " ")

    def get_description(self) -> str:
        lines = (self.view.endpoint.__doc__ or "").strip().splitlines()[1:]
        more = "\n".join(line.strip() for line in lines).strip()
        if self.view.action in ("list", "retrieve"):
            more = ""
        roles = permissions.table()[self.spec.verb] - {Role.SYSTEM}
        who = ", ".join(str(role.label) for role in Role if role in roles)
        said = f"{more}\n\nRoles: {who}. Scope: `{self.view.scope}`.".strip()
        if self.spec.deprecation:
            said += f"\n\n{self.spec.deprecation.words}"
        return said

    def is_deprecated(self) -> bool:
        return self.spec.deprecation is not None

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> dict[str, Any]:
        found: dict[str, Any] = super()._map_basic_serializer(serializer, direction)
        for name, deprecation in deprecations(serializer).items():
            said = found["properties"][name].get("description", "")
            said = f"{said} {deprecation.words}".strip()
            found["properties"][name] |= {"deprecated": True, "description": said}
        return found

    # In

    def get_request_serializer(self) -> Any:
        return self.spec.takes if self.spec.takes is not Input else None

    def _get_serializer(self) -> Any:
        return self.view.output

    def get_override_parameters(self) -> list[Any]:
        found: list[Any] = [
            _header(ORGANIZATION, "The clinic's slug; needed by an app's user who has several.")
        ]
        if self._of_one():
            found.append(OpenApiParameter("id", _ID, OpenApiParameter.PATH))
        if self.method == "GET" or (self._status() != 204 and self.spec.answers is None):
            found.append(_answered("ETag", "Names what is shown, as it is now.", self._status()))
        found.append(_answered("Retry-After", "Seconds to wait.", 429))
        if self.method in WRITES:
            found.append(
                _header(IDEMPOTENCY_KEY, "One for each attempt to write; a retry sends it again.")
            )
            text = "true when the first answer is given again."
            found.append(_answered(REPLAYED, text, self._status()))
            if self._of_one():
                text = "The `ETag` as last read: a lost update is refused."
                found.append(_header("If-Match", text))
        if self.method == "GET":
            found.append(_header("If-None-Match", "The `ETag` as last read: unchanged is 304."))
            if (takes := self.get_request_serializer()) and takes().fields:
                found.append(takes)
            if self.view.action == "list":
                found += _filters(self.spec.filters) + self._ordering()
            else:
                found += self._ordering() + _filters(self.spec.filters)
        return found

    def get_filter_backends(self) -> list[Any]:
        return []

    def _of_one(self) -> bool:
        return "{id}" in self.path

    def _get_parameters(self) -> list[dict[str, Any]]:
        takes = self.get_request_serializer() if self.method == "GET" else None
        examples = {
            "id": self.view.output.Meta.example["id"],
            **getattr(getattr(takes, "Meta", None), "example", {}),
        }
        found: list[dict[str, Any]] = super()._get_parameters()
        return [
            {**one, "example": examples[one["name"]]} if one["name"] in examples else one
            for one in found
        ]

    def _ordering(self) -> list[OpenApiParameter]:
        if not self.spec.ordering:
            return []
        names = ", ".join(self.spec.ordering)
        text = f"By {names}; several with commas between, a minus before turns one."
        return [OpenApiParameter("ordering", str, description=text)]

    # Out

    def get_response_serializers(self) -> Any:
        answers: dict[Any, Any] = {self._status(): self._answer()}
        codes = set(ON_READS if self.method == "GET" else ANSWERS)
        if not self._of_one():
            codes -= {412}
        answers |= {code: OpenApiResponse(Error, ANSWERS[code]) for code in sorted(codes)}
        if self.method == "GET":
            answers[304] = OpenApiResponse(None, "Unchanged since you read it.")
        return answers

    def _status(self) -> int:
        return self.spec.status

    def _answer(self) -> Any:
        if self._status() == 204:
            return OpenApiResponse(None, "Done.")
        return self.spec.answers or self.view.output

    def _is_list_view(self, serializer: Any = None) -> bool:
        return self.spec.is_paginated

    def _get_paginator(self) -> Any:
        return Pages()

    def get_examples(self) -> list[OpenApiExample]:
        found = []
        if (takes := self.get_request_serializer()) and self.method != "GET":
            found.append(OpenApiExample("Request", value=takes.Meta.example, request_only=True))
        answers = self._answer()
        if example := getattr(getattr(answers, "Meta", None), "example", None):
            status = [str(self._status())]
            found.append(
                OpenApiExample("Answer", value=example, response_only=True, status_codes=status)
            )
        return found


def _filters(filters: type[django_filters.FilterSet] | None) -> list[OpenApiParameter]:
    named = filters.base_filters if filters else {}
    return [_parameter(name, one) for name, one in named.items()]


def _header(name: str, text: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=text)


def _answered(name: str, text: str, status: int) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=text, response=[status])


def _parameter(name: str, one: django_filters.Filter) -> OpenApiParameter:
    text = str(one.label or name.replace("_", " ").capitalize())
    if isinstance(one, django_filters.ModelChoiceFilter):
        return OpenApiParameter(name, int, description=f"{text}: its id.")
    if isinstance(one, ActiveFilter):
        text = "Only the active ones, unless others are asked for."
        return OpenApiParameter(name, str, description=text, enum=one.values)
    if isinstance(one, django_filters.ChoiceFilter):
        choices = [value for value, _ in one.extra["choices"] if value]
        return OpenApiParameter(name, str, description=text, enum=choices)
    if isinstance(one, django_filters.DateFilter):
        return OpenApiParameter(name, OpenApiTypes.DATE, description=text)
    if isinstance(one, django_filters.NumberFilter):
        return OpenApiParameter(name, int, description=text)
    return OpenApiParameter(name, str, description=text)


class OwnIds(OpenApiSerializerFieldExtension):
    target_class = VisibleIdField

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        return {"type": "integer", "minimum": 1}


class TimesOfDay(OpenApiSerializerFieldExtension):
    """The clinic's own clock: `format: time` would be RFC 3339, which wants an offset."""

    target_class = "rest_framework.fields.TimeField"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        return {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"}


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.sign_in.authentication.Bearer"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key (`ck_...`), or the access token of a person's app.",
        }
