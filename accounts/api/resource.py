"""The one shape of an endpoint: what is behind it, who may, what goes in, what comes out.

A resource names its rows (through `access`), its verbs and its serializers. Its commands are the
services themselves: a docstring that becomes the summary, and one call. No rule lives here.
See docs/adding-an-endpoint.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from django_filters import CharFilter, FilterSet
from rest_framework import serializers
from rest_framework.exceptions import (
    APIException,
    ErrorDetail,
    NotAuthenticated,
    NotFound,
    PermissionDenied,
    ValidationError,
)
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import permissions
from accounts.actor import Actor
from accounts.api import etags
from accounts.api.answering import Answering
from accounts.api.endpoints import Deprecation, deprecations
from accounts.api.pagination import Pages
from accounts.api.serializers import LARGEST_ID, Input, Output
from accounts.models import Patient
from accounts.prepared import Rows, by_id
from accounts.web.list_pages import patient_id
from accounts.writes import record_views


class Resource(Answering):
    """Lists and reads `rows()`; a subclass adds its commands."""

    area: ClassVar[str]
    nouns: ClassVar[str] = ""  # in the plural, where the address does not read as such
    output: ClassVar[type[Output]]
    verbs: ClassVar[Mapping[str, str]]  # "list" and "retrieve" to their permission rows
    filterset_class: ClassVar[type[FilterSet] | None] = None
    of_records: ClassVar[bool] = True  # whether rows about a patient are of the patient's record
    ordering_fields: ClassVar[Mapping[str, str]] = {}  # what a client says to the field it means
    prepared: Mapping[str, Any] = {}  # what was found out before the transaction opened
    named: frozenset[str] = frozenset()  # the fields of the body, where it matters early
    lookup_value_regex = "[0-9]{1,19}"

    @staticmethod
    def rows(actor: Actor) -> QuerySet[Any]:
        """What there is for the actor, with all that an answer shows of it."""
        raise NotImplementedError

    @classmethod
    def bare_rows(cls, actor: Actor) -> QuerySet[Any]:
        """The same for a command whose answer shows something else."""
        return cls.rows(actor)

    # Reading

    def list(self, request: Request) -> Response:
        rows = self._ordered(self._filtered(self.get_queryset(), self.filterset_class))
        page = self.paginate_queryset(rows)
        self._listed(page)
        return self.get_paginated_response(self._shown(page, self.output, many=True).data)

    def retrieve(self, request: Request, pk: str) -> Response:
        row = self.get_object()
        self.seen(row)
        return self.answer(row)

    def get_queryset(self) -> QuerySet[Any]:
        return self.rows(self.actor)

    def get_object(self) -> Any:
        """Locked where the request leaves some fields as they are, or has `If-Match`."""
        pk = int(self.kwargs["pk"])
        rows = self.rows if self.shows_what_is_read() else self.bare_rows
        row = self._one(rows, pk)
        if self.depends_on_row():
            self.lock_before()
            locking = type(row)._default_manager.select_for_update(no_key=True)
            locking.only("pk").filter(pk=pk).first()
            row = self._one(self.rows, pk)  # as it is after the wait, if it still is the actor's
            etags.require_match(self.request, self._shown(row, self.output).data)
        return row

    def _one(self, rows: Rows, pk: int) -> Any:
        row = by_id(rows, self.actor, pk) if pk <= LARGEST_ID else None
        if row is None:
            raise NotFound("There is no such thing here.")
        return row

    def lock_before(self) -> None:
        """Lock what the service locks before the row, so that the order is the same for both."""

    def seen(self, row: models.Model) -> None:
        """Leave the trace that reading a patient's record leaves."""
        patient = row if isinstance(row, Patient) else self.patient_of(row)
        if patient is not None:
            record_views.view(actor=self.actor, patient=patient, obj=row)

    def seen_unchanged(self, before: models.Model, after: models.Model) -> None:
        """An update that changed nothing leaves no event of its own, and shows the record."""
        fields = [field for field in before._meta.concrete_fields if not field.generated]
        if all(getattr(before, one.attname) == getattr(after, one.attname) for one in fields):
            self.seen(before)

    def patient_of(self, row: Any) -> Patient | None:
        return getattr(row, "patient", None) if self.of_records else None

    def patient_id_of(self, row: Any) -> int | None:
        return patient_id(row) if self.of_records else None

    def _listed(self, page: Iterable[Any]) -> None:
        filters = {n for n, one in self.request.query_params.items() if one} - {*Pages.parameters}
        record_views.listed(
            actor=self.actor,
            of=self.basename,
            patients=[self.patient_id_of(row) for row in page],
            filters=filters - {"ordering"},
        )

    def read(self, takes: type[Input], *, partial: bool = False) -> dict[str, Any]:
        """The checked fields of the body (of the query, for a GET), or those that it names."""
        sent = self._query() if self.is_query() else self.request.data
        given = takes(data=sent, partial=partial, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def prepare(self) -> None:
        takes = self.endpoint.takes or Input
        if takes.slow or deprecations(takes):
            sent = self._sent()
            self.prepared = takes.prepare(sent)
            self.named = frozenset(sent) if isinstance(sent, dict) else frozenset()

    def _sent(self) -> Any:
        """The body, read apart: what is wrong with it is said in its turn."""
        if not self.request._request.body:
            return None
        try:
            return self.initialize_request(self.request._request).data
        except APIException:
            return None

    def deprecation(self) -> Deprecation | None:
        """Of the endpoint, or of a field that the request names: what ends first."""
        found = [self.endpoint.deprecation] if hasattr(self.endpoint, "deprecation") else []
        named = self.named | set(self.request.query_params)
        of_fields = deprecations(getattr(self.endpoint, "takes", None))
        found += [one for name, one in of_fields.items() if name in named]
        return min(found, key=lambda one: one.until, default=None)

    def _query(self) -> dict[str, str]:
        named = self.endpoint.takes().fields
        return {name: one for name, one in self.request.query_params.items() if name in named}

    def parameters(self) -> set[str]:
        """What the query may name."""
        ordering = {"ordering"} if self.is_query() and self.orders() else set()
        if self.action == "list":
            return {*Pages.parameters} | ordering | _names(self.filterset_class)
        if not self.is_query() or self.action == "retrieve":
            return set()
        paging = {*Pages.parameters} if self.endpoint.pages else set()
        named = _names(self.endpoint.filters) | set(self.endpoint.takes().fields)
        return paging | ordering | named

    def orders(self) -> Mapping[str, str]:
        """What a client says to the field it means."""
        if self.action == "list":
            return self.ordering_fields
        return getattr(self.endpoint, "ordering", {})

    def is_query(self) -> bool:
        """Whether what is asked for stands in the query."""
        return self.request is not None and self.request.method in ("GET", "HEAD")

    def shows_what_is_read(self) -> bool:
        return getattr(self.endpoint, "answers", None) is None

    def _refuse_unknown(self) -> None:
        query = self.request.query_params
        if unknown := sorted(set(query) - self.parameters()):
            raise ValidationError(
                {name[:80]: ["There is no such parameter."] for name in unknown},
                code="unknown_parameter",
            )
        if repeated := [name for name, values in query.lists() if len(values) > 1]:
            raise ValidationError(
                {name: ["Give it once."] for name in repeated}, code="repeated_parameter"
            )

    def _refuse_empty(self, by: type[FilterSet]) -> None:
        """A variable that a program forgot to fill would list everything."""
        query = self.request.query_params
        values = {n for n, one in by.base_filters.items() if not isinstance(one, CharFilter)}
        if empty := sorted(name for name in values if query.get(name) == ""):
            detail = ErrorDetail("Give a value, or leave it out.", "blank")
            raise ValidationError({name: [detail] for name in empty})

    def answer(
        self,
        result: Any,
        answers: type[serializers.BaseSerializer] | None = None,
        status: int = 200,
    ) -> Response:
        if status == 204:
            return Response(status=204)
        if isinstance(result, QuerySet):
            rows = self._ordered(self._filtered(result, self.endpoint.filters))
            return self._page(rows, answers or self.output)
        if answers is None:
            result = self._again(result)
        response = Response(self._shown(result, answers or self.output).data, status=status)
        if self.action == "create":
            response["Location"] = f"{self.request.build_absolute_uri()}/{result.pk}"
        return response

    def _again(self, result: models.Model) -> Any:
        """The row as the list shows it."""
        return by_id(self.rows, self.actor, result.pk) or result

    def _page(self, rows: QuerySet[Any], shown: type[serializers.BaseSerializer]) -> Response:
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(self._shown(page, shown, many=True).data)

    def _shown(
        self, rows: Any, shown: type[serializers.BaseSerializer], *, many: bool = False
    ) -> Any:
        return shown(rows, many=many, context=self.get_serializer_context())

    def get_serializer_context(self) -> dict[str, Any]:
        actor = getattr(self, "actor", None)
        own = {"actor": actor, "is_query": self.is_query(), "prepared": self.prepared}
        return {**super().get_serializer_context(), **own}

    def _filtered(self, rows: QuerySet[Any], by: type[FilterSet] | None) -> QuerySet[Any]:
        if by is None:
            return rows
        self._refuse_empty(by)
        filters = by(self.request.query_params, queryset=rows, request=self.request)
        if not filters.is_valid():
            raise ValidationError(filters.errors)
        return filters.qs

    def _ordered(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.request.query_params.get("ordering", "")
        if not asked:
            return rows
        order = []
        for name in asked.split(","):
            field = self.orders().get(name.removeprefix("-"))
            if field is None:
                choices = ", ".join(self.orders())
                raise ValidationError({"ordering": f"Choose of: {choices}; - before turns it."})
            order.append(f"-{field}" if name.startswith("-") else field)
        return rows.order_by(*order, "id")

    # Who may, and how an answer comes about

    @property
    def actor(self) -> Actor:
        return self.request.auth.actor

    @property
    def endpoint(self) -> Any:
        return getattr(self, self.action or "", None)

    def verb(self) -> str:
        return getattr(self.endpoint, "verb", None) or self.verbs[self.action]

    def scope(self) -> str:
        reads = self.action in ("list", "retrieve") or self.endpoint.reads
        return f"{self.area}:{'read' if reads else 'write'}"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not self.is_known():
            return
        if request.auth is None:
            raise NotAuthenticated
        if self.scope() not in request.auth.scopes:
            raise PermissionDenied(
                f"This key lacks the scope {self.scope()}.", code="scope_missing"
            )
        actor = self.actor
        permissions.require(actor.role, self.verb())
        request._request.actor = request.actor = actor
        timezone.activate(actor.organization.zone)
        self._refuse_unknown()


def _names(filters: type[FilterSet] | None) -> set[str]:
    return set(filters.base_filters) if filters else set()
