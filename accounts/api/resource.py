"""The one shape of all endpoints: rows, permissions, inputs and outputs.

A resource names its rows (through `access`), its verbs and its serializers. Each command calls one
service; its docstring becomes the summary in the schema. No rule is written here. See docs/adding-
an-endpoint.md.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.db import models
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django_filters import FilterSet
from rest_framework import serializers, viewsets
from rest_framework.exceptions import APIException, NotAuthenticated, NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import permissions
from accounts.actor import Actor
from accounts.api import etags, parameters, rendering
from accounts.api.deprecation import Deprecation, deprecations
from accounts.api.endpoints import EndpointSpec, with_spec
from accounts.api.filter_backends import Filters, Ordering
from accounts.api.serializers import MAX_ID, Output
from accounts.models import Patient
from accounts.prepared import Rows, by_id
from accounts.web.list_pages import patient_id
from accounts.writes import idempotent_answers, record_views
from accounts.writes.transaction import in_transaction

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class Resource(viewsets.GenericViewSet):
    """Lists and reads `rows()`; a subclass adds its commands.

    `spec` is that of the endpoint which answers the request: decorators make it for commands, the
    attributes of the class for `list` and `retrieve`.
    """

    area: ClassVar[str]
    nouns: ClassVar[str] = ""  # in the plural, where the address does not read as such
    output: ClassVar[type[Output]]
    verbs: ClassVar[Mapping[str, str]]  # "list" and "retrieve" to their permission rows
    filterset_class: ClassVar[type[FilterSet] | None] = None
    ordering_fields: ClassVar[Mapping[str, str]] = {}  # a client's name to the field it means
    of_records: ClassVar[bool] = True  # whether rows about a patient are of the patient's record

    filter_backends = (Filters, Ordering)
    http_method_names = ["get", "head", "post", "patch", "delete"]
    lookup_value_regex = "[0-9]{1,19}"
    prepared: Mapping[str, Any] = {}  # what `Input.slow` found before the transaction
    named_fields: frozenset[str] = frozenset()  # fields of the body, for deprecations

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        specs = {
            "list": EndpointSpec(
                verb=cls.verbs["list"],
                reads=True,
                is_paginated=True,
                filters=cls.filterset_class,
                ordering=cls.ordering_fields,
            ),
            "retrieve": EndpointSpec(verb=cls.verbs["retrieve"], reads=True, is_of_one=True),
        }
        for action, spec in specs.items():
            setattr(cls, action, with_spec(_copy_of(getattr(Resource, action)), spec))

    # What a subclass says

    @staticmethod
    def rows(actor: Actor) -> QuerySet[Any]:
        """All that the actor may see, with what an answer shows of each row."""
        raise NotImplementedError

    @classmethod
    def bare_rows(cls, actor: Actor) -> QuerySet[Any]:
        """The same rows for a command whose answer shows something else."""
        return cls.rows(actor)

    def lock_before(self) -> None:
        """Lock what the service locks before the row, so that both use one lock order."""

    def patient_of(self, row: Any) -> Patient | None:
        return getattr(row, "patient", None) if self.of_records else None

    def patient_id_of(self, row: Any) -> int | None:
        return patient_id(row) if self.of_records else None

    # Reading

    def list(self, request: Request) -> Response:
        rows = self.filter_queryset(self.get_queryset())
        page = self.paginate_queryset(rows)
        self.record_listing(page)
        return self.get_paginated_response(self._serialized(page, many=True).data)

    def retrieve(self, request: Request, pk: str) -> Response:
        row = self.get_object()
        self.record_view(row)
        return self.answer(row)

    def get_queryset(self) -> QuerySet[Any]:
        return self.rows(self.actor)

    def get_object(self) -> Any:
        """The row, locked for a PATCH or with `If-Match`, where the write depends on it."""
        pk = int(self.kwargs["pk"])
        row = self._one(self.rows if self.answers_with_row() else self.bare_rows, pk)
        if self.depends_on_row():
            self.lock_before()
            locking = type(row)._default_manager.select_for_update(no_key=True)
            locking.only("pk").filter(pk=pk).first()
            row = self._one(self.rows, pk)  # as it is after the wait, if the actor may still see it
            shown = self.output(row, context=self.get_serializer_context())
            etags.require_match(self.request, shown.data)
        return row

    def _one(self, rows: Rows, pk: int) -> Any:
        row = by_id(rows, self.actor, pk) if pk <= MAX_ID else None
        if row is None:
            raise NotFound("There is no such thing here.")
        return row

    # Traces that reading a patient's record leaves

    def record_view(self, row: models.Model) -> None:
        patient = row if isinstance(row, Patient) else self.patient_of(row)
        if patient is not None:
            record_views.view(actor=self.actor, patient=patient, obj=row)

    def record_view_if_unchanged(self, before: models.Model, after: models.Model) -> None:
        """An update that changes nothing leaves no event of its own, but shows the record."""
        fields = [field for field in before._meta.concrete_fields if not field.generated]
        if all(getattr(before, one.attname) == getattr(after, one.attname) for one in fields):
            self.record_view(before)

    def record_listing(self, page: Iterable[Any]) -> None:
        record_views.listed(
            actor=self.actor,
            of=self.basename,
            patients=[self.patient_id_of(row) for row in page],
            filters=parameters.chosen_filters(self.request.query_params),
        )

    # What comes in

    def read(self, spec: EndpointSpec) -> dict[str, Any]:
        """The checked fields of the body, or of the query for a GET."""
        query, fields = self.request.query_params, spec.takes().fields
        named = {name: value for name, value in query.items() if name in fields}
        given = spec.takes(
            data=named if self.is_query() else self.request.data,
            partial=spec.is_partial,
            context=self.get_serializer_context(),
        )
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def prepare(self) -> None:
        """Run what is slow (`Input.slow`) while no transaction is open."""
        takes = self.spec.takes
        if takes.slow or deprecations(takes):
            sent = self._body()
            self.prepared = takes.prepare(sent)
            self.named_fields = frozenset(sent) if isinstance(sent, dict) else frozenset()

    def _body(self) -> Any:
        """The body, or None where it cannot be read; that is reported when the handler reads it."""
        if not self.request._request.body:
            return None
        try:
            return self.initialize_request(self.request._request).data
        except APIException:
            return None

    # What goes out

    def answer(self, result: Any) -> Response:
        """The row, object or QuerySet that a service returned, as the spec says."""
        spec = self.spec
        if spec.status == 204:
            return Response(status=204)
        if isinstance(result, QuerySet):
            page = self.paginate_queryset(self.filter_queryset(result))
            return self.get_paginated_response(self._serialized(page, many=True).data)
        if spec.answers is None:
            # As the list shows it: services return rows without what `rows` selects with them.
            result = by_id(self.rows, self.actor, result.pk) or result
        response = Response(self._serialized(result).data, status=spec.status)
        if self.action == "create":
            response["Location"] = f"{self.request.build_absolute_uri()}/{result.pk}"
        return response

    def _serialized(self, rows: Any, *, many: bool = False) -> serializers.BaseSerializer:
        serializer = self.spec.answers or self.output
        return serializer(rows, many=many, context=self.get_serializer_context())

    def get_serializer_context(self) -> dict[str, Any]:
        actor = getattr(self, "actor", None)
        own = {"actor": actor, "is_query": self.is_query(), "prepared": self.prepared}
        return {**super().get_serializer_context(), **own}

    def deprecation(self) -> Deprecation | None:
        """Of the endpoint, or of a field that the request names: the one that ends first."""
        if not self.is_known():
            return None
        named = self.named_fields | set(self.request.query_params)
        of_fields = deprecations(self.spec.takes)
        found = [one for name, one in of_fields.items() if name in named]
        if self.spec.deprecation is not None:
            found.append(self.spec.deprecation)
        return min(found, key=lambda one: one.until, default=None)

    # Who may

    @property
    def actor(self) -> Actor:
        return self.request.auth.actor

    @property
    def endpoint(self) -> Any:
        return getattr(self, self.action or "", None)

    @property
    def spec(self) -> EndpointSpec:
        found: EndpointSpec = self.endpoint.spec
        return found

    @property
    def scope(self) -> str:
        return f"{self.area}:{self.spec.access}"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not self.is_known():
            return
        # Not by permission classes, which DRF asks before it counts a request to the rate limit.
        if request.auth is None:
            raise NotAuthenticated
        if self.scope not in request.auth.scopes:
            raise PermissionDenied(f"This key lacks the scope {self.scope}.", code="scope_missing")
        permissions.require(self.actor.role, self.spec.verb)
        request._request.actor = request.actor = self.actor
        timezone.activate(self.actor.organization.zone)
        known = parameters.known_to(self.spec) if self.is_query() else set()
        parameters.require_known(request.query_params, known)

    def is_known(self) -> bool:
        """Whether the address has this method."""
        return self.endpoint is not None

    def is_query(self) -> bool:
        """Whether the input is in the query."""
        return self.request is not None and self.request.method in ("GET", "HEAD")

    def answers_with_row(self) -> bool:
        """Whether a write answers with what a GET would show, so that its tag is useful."""
        return not self.is_known() or self.spec.answers is None

    def depends_on_row(self) -> bool:
        """Whether a write depends on the row as it was read, which then must not change."""
        method = self.request.method
        return method == "PATCH" or ("If-Match" in self.request.headers and not self._is_safe())

    def _is_safe(self) -> bool:
        return self.request.method in SAFE_METHODS

    # How an answer is made

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """As DRF's, with idempotency keys, preconditions and tags.

        An answer is rendered inside the transaction, so that what is stored for a retry is what was
        sent.
        """
        self.args, self.kwargs = args, kwargs
        self.request = request = self.initialize_request(request, *args, **kwargs)
        self.headers = self.default_response_headers
        try:
            self.initial(request, *args, **kwargs)
            answer = self._run() if self._is_safe() else self._write()
            if self._is_safe() or self.answers_with_row():
                answer = etags.conditional(request, answer)
        except Exception as error:
            answer = self._refuse(error)
        rendering.add_headers(answer, request._request, self.deprecation())
        self.response = answer
        return answer

    def _write(self) -> HttpResponse:
        auth = self.request.auth
        if auth is None or not self.is_known():
            return self._run()
        self.prepare()
        if idempotent_answers.HEADER in self.request.headers:
            return idempotent_answers.once(
                self.request,
                actor=auth.actor,
                credential=auth.credential,
                run=self._run,
                refuse=self._refuse,
            )
        if self.depends_on_row():
            return in_transaction(self._run, actor=auth.actor, verb="api.matched")
        return self._run()

    def _run(self) -> HttpResponse:
        name = (self.request.method or "").lower()
        known = name in self.http_method_names
        handler = getattr(self, name, self.http_method_not_allowed) if known else None
        handler = handler or self.http_method_not_allowed
        return rendering.render(self, handler(self.request, *self.args, **self.kwargs))

    def _refuse(self, error: Exception) -> HttpResponse:
        return rendering.render(self, self.handle_exception(error))


def _copy_of(method: Any) -> Any:
    """A function of its own for each resource, to hold that resource's spec."""

    @functools.wraps(method)
    def endpoint(self: Resource, *args: Any, **kwargs: Any) -> Response:
        response: Response = method(self, *args, **kwargs)
        return response

    return endpoint
