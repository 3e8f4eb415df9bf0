"""The documentation pages, from our own host, and what is not there at all."""

from __future__ import annotations

from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerSplitView
from rest_framework.decorators import api_view, authentication_classes
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

# Both libraries style themselves as they run; their scripts are files of ours as all others.
STYLED = csp_update({"style-src": [UNSAFE_INLINE], "worker-src": [SELF, "blob:"]})


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
