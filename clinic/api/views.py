"""The documentation pages, from our own host, and what is not there at all."""

from __future__ import annotations

from typing import Any

from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerSplitView
from rest_framework.decorators import api_view
from rest_framework.exceptions import NotFound
from rest_framework.request import Request


class Swagger(SpectacularSwaggerSplitView):
    template_name = "clinic/api/swagger.html"


class Redoc(SpectacularRedocView):
    template_name = "clinic/api/redoc.html"


@api_view(["GET", "POST", "PUT", "PATCH", "DELETE"])
def nothing_here(request: Request, *args: Any, **kwargs: Any) -> Any:
    raise NotFound("There is no such address in the API.")
