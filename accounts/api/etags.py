"""`ETag`, `If-None-Match` and `If-Match` (RFC 9110, 13): the tag is the representation's hash."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request


class Stale(exceptions.APIException):
    status_code = 412
    default_code = "stale"
    default_detail = (
        "This was changed by somebody else in the meantime. Read it as it is now, then try again."
    )


def tag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def conditional(request: Request, response: HttpResponse) -> HttpResponse:
    """Add the tag to the answer, or answer 304 if the client has it already. Raises Stale."""
    if response.status_code not in (200, 201):
        return response
    response["ETag"] = tag(response.content)
    if request.method not in ("GET", "HEAD"):
        return response
    found = get_conditional_response(request._request, etag=response["ETag"], response=response)
    if found is not None and found.status_code == Stale.status_code:
        raise Stale
    return found or response


def require_match(request: Request, representation: Any) -> None:
    """Raises Stale unless the representation is the one that the client names in `If-Match`."""
    wanted = request.headers.get("If-Match", "")
    if wanted and wanted.strip() != "*":
        current = tag(JSONRenderer().render(representation))
        if current not in [one.strip() for one in wanted.split(",")]:
            raise Stale
