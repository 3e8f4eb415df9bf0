"""The documentation pages, served from our own host, and the answer to unknown paths."""

from __future__ import annotations

import functools
import json
from threading import Lock
from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerSplitView
from rest_framework.decorators import api_view, authentication_classes
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from clinic.api import schema

# Both libraries insert styles at run time; their scripts are served from our host as all others.
STYLED = csp_update({"style-src": [UNSAFE_INLINE], "worker-src": [SELF, "blob:"]})


# The generator is not thread-safe.
_generator_lock = Lock()


@functools.cache
def _cached_schema() -> str:
    return json.dumps(schema.generated())


def _schema() -> str:
    """The schema as JSON, which browsers read faster than YAML; generated once per process."""
    with _generator_lock:
        return _cached_schema()


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    answer = HttpResponse(_schema(), content_type="application/json")
    answer["Cache-Control"] = "public, max-age=300"
    return answer


@method_decorator(STYLED, name="dispatch")
class Swagger(SpectacularSwaggerSplitView):
    template_name = "clinic/api/swagger.html"
    throttle_classes: list[Any] = []


@method_decorator(STYLED, name="dispatch")
class Redoc(SpectacularRedocView):
    template_name = "clinic/api/redoc.html"
    throttle_classes: list[Any] = []


@api_view(["GET", "POST", "PUT", "PATCH", "DELETE"])
@authentication_classes([])
def unknown_path(request: Request, *args: Any, **kwargs: Any) -> Any:
    """Answers 404 in the API's format of errors."""
    raise NotFound("The API has no such path.")
