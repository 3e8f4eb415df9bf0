"""Pages by number, for people to browse, or by cursor, for programs to export."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import Any
from urllib.parse import urlencode

from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination, PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response

MAX_PAGE_SIZE = 200
DEFAULT_PAGE_SIZE = 50
_PLACE = re.compile("[0-9]{1,18}")


class ByCursor(CursorPagination):
    """In the order of ids, so that rows added meanwhile do not shift pages."""

    page_size = DEFAULT_PAGE_SIZE
    page_size_query_param = "page_size"
    max_page_size = MAX_PAGE_SIZE
    ordering = "id"

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> tuple[str, ...]:
        return ("id",)

    def decode_cursor(self, request: Request) -> Any:
        """Raises NotFound for a cursor that this class did not make."""
        sent = request.query_params["cursor"]
        found = super().decode_cursor(request) if sent else None
        if found and (sent != _encoded(found) or not _PLACE.fullmatch(found.position or "0")):
            raise NotFound(self.invalid_cursor_message)
        return found


def _encoded(cursor: Cursor) -> str:
    parts = {"o": cursor.offset, "r": int(cursor.reverse), "p": cursor.position}
    text = urlencode({name: value for name, value in parts.items() if value})
    return b64encode(text.encode()).decode()


class Pages(PageNumberPagination):
    """`page` and `page_size`; with `cursor` (empty for the first page) stable for export."""

    page_size = DEFAULT_PAGE_SIZE
    page_size_query_param = "page_size"
    max_page_size = MAX_PAGE_SIZE
    parameters = ("page", "page_size", "cursor")

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        _check_size(request)
        if request.query_params.get("page") == "":
            raise ValidationError({"page": "Choose a number from 1 on."})
        self.cursor = ByCursor() if "cursor" in request.query_params else None
        if self.cursor is None:
            return super().paginate_queryset(queryset, request, view)
        if {"page", "ordering"} & set(request.query_params):
            raise ValidationError({"cursor": "A cursor has its own order and place."})
        return self.cursor.paginate_queryset(queryset.order_by("id"), request, view)

    def get_paginated_response(self, data: Any) -> Response:
        if self.cursor is None:
            return super().get_paginated_response(data)
        following, before = self.cursor.get_next_link(), self.cursor.get_previous_link()
        return Response({"count": None, "next": following, "previous": before, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri", "example": None}
        return {
            "type": "object",
            "required": ["count", "next", "previous", "results"],
            "properties": {
                "count": {
                    "type": ["integer", "null"],
                    "description": "Null with a cursor.",
                    "example": 1,
                },
                "next": link,
                "previous": link,
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        cursor = {
            "name": "cursor",
            "in": "query",
            "required": False,
            "description": "Empty for the first page in the order of ids, then as `next` says: "
            "stable while rows are added.",
            "schema": {"type": "string"},
        }
        return [*super().get_schema_operation_parameters(view), cursor]


def _check_size(request: Request) -> None:
    asked = request.query_params.get("page_size", "1")
    if not (
        asked.isascii()
        and asked.isdecimal()
        and len(asked) < 6
        and 1 <= int(asked) <= MAX_PAGE_SIZE
    ):
        raise ValidationError({"page_size": f"Choose a number from 1 to {MAX_PAGE_SIZE}."})
