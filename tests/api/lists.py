"""What every list has to show: the right rows, at a price that does not grow with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.client import ApiClient


def ids(api: ApiClient, path: str, **query: Any) -> list[int]:
    """The ids that a list answers with, in its order."""
    answer = api.get(path, query)
    assert answer.status_code == 200, answer.content
    return [one["id"] for one in answer.json()["results"]]


def turned(api: ApiClient, path: str, *names: str) -> None:
    """Each ordering and its reverse answer all rows; another one is refused."""
    rows = set(ids(api, path))
    assert len(rows) > 1
    for name in names:
        up, down = ids(api, path, ordering=name), ids(api, path, ordering=f"-{name}")
        assert set(up) == set(down) == rows
        assert up != down, name
    assert api.get(path, {"ordering": "password"}).status_code == 400


def price(api: ApiClient, path: str, add: Callable[[], Any], **query: Any) -> int:
    """How many queries a list takes, the same for one row more and for five."""
    add()
    api.get(path, query)  # notes the key's use
    shown, asked = [], []
    for more in (0, 5):
        for _ in range(more):
            add()
        with CaptureQueriesContext(connection) as queries:
            shown.append(len(ids(api, path, **query)))
        asked.append(len(queries))
    assert shown[1] == shown[0] + 5
    assert asked[0] == asked[1], [one["sql"] for one in queries]
    return asked[0]
