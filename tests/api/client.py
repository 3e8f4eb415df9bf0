"""The API as a program calls it."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client


class ApiClient:
    def __init__(self, secret: str = "", **headers: str) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {**headers}
        if secret:
            self.headers["Authorization"] = f"Bearer {secret}"

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> HttpResponse:
        return self.send("GET", path, query=query, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.send("POST", path, {} if body is None else body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.send("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> HttpResponse:
        return self.send("DELETE", path, **headers)

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: dict[str, Any] | None = None,
        content_type: str = "application/json",
        **headers: str,
    ) -> HttpResponse:
        """`If_Match="..."` is the header If-Match; bytes are sent as they are."""
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(
            method,
            path if path.startswith("/") else f"/api/v1/{path}",
            content,
            content_type=content_type,
            query_params=query,
            headers={**self.headers, **named},
        )


def error(answer: HttpResponse) -> dict[str, Any]:
    """The first error of an answer that is one."""
    found: dict[str, Any] = answer.json()["errors"][0]
    return found
