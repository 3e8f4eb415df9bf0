"""The documentation pages, from our own host, and what is not there at all."""

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

# Both libraries style themselves as they run; their scripts are files of ours as all others.
STYLED = csp_update({"style-src": [UNSAFE_INLINE], "worker-src": [SELF, "blob:"]})


# The generator is not made for two threads at once.
_one_at_a_time = Lock()


@functools.cache
def _made() -> str:
    return json.dumps(schema.generated())


def _schema() -> str:
    """As JSON, which browsers read faster; it stays the same as long as the process runs."""
    with _one_at_a_time:
        return _made()


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
def nothing_here(request: Request, *args: Any, **kwargs: Any) -> Any:
    """Whatever is not an address of the API, in the API's own words."""
    raise NotFound("There is no such address in the API.")
