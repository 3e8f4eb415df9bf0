"""Answers as they are sent: rendered bytes with their headers."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.deprecation import Deprecation


def render(view: APIView, response: Response) -> HttpResponse:
    """The rendered answer, which can be kept and sent again byte for byte."""
    answer = view.finalize_response(view.request, response, *view.args, **view.kwargs)
    answer.render()
    content = HttpResponse(answer.rendered_content or b"", status=answer.status_code)
    for name, value in answer.items():
        content[name] = value
    if not answer.content:
        del content["Content-Type"]
    content["Cache-Control"] = "private, no-cache"
    return content


def add_headers(answer: HttpResponse, request: Any, deprecation: Deprecation | None) -> None:
    """Add what differs between two requests with one answer: deprecation and the rate limit."""
    if deprecation is not None:
        for name, value in deprecation.headers.items():
            answer[name] = value
    if allowance := getattr(request, "allowance", None):
        limit, remaining, seconds = allowance
        answer["RateLimit-Limit"] = str(limit)
        answer["RateLimit-Remaining"] = str(remaining)
        answer["RateLimit-Reset"] = str(seconds)
