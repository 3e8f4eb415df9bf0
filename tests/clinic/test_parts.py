"""Lists answer htmx with their rows alone, and no page may be cached."""

from __future__ import annotations

import pytest

from tests.permissions import cast
from tests.permissions.matrix import Row, rows

LISTS = {
    *("accounts:api_keys", "accounts:audit", "accounts:members", "accounts:patients"),
    *("accounts:practitioners", "accounts:webhook", "accounts:webhook_delivery"),
    *("accounts:webhooks", "billing:authorizations", "billing:entries", "billing:payers"),
    *("billing:service_codes", "clinic:home", "scheduling:appointments", "scheduling:locations"),
    "scheduling:sessions",
}
ASKED = {"HX-Request": "true", "HX-Target": "results"}


@pytest.fixture
def world(db: None) -> cast.World:
    return cast.build()


def shown_to(person: str) -> list[Row]:
    return [row for row in rows() if row.method == "GET" and row.outcomes[person] == "200"]


def test_a_refreshed_list_equals_its_part_of_the_page(world) -> None:
    found = set()
    for person in ("admin", "patient"):
        client = world.clients[person]
        for row in shown_to(person):
            path = world.path(row)
            answer = client.get(path)
            assert "no-store" in answer["Cache-Control"], row
            page = answer.getvalue().decode()
            if 'id="results"' in page:
                found.add(row.address)
                part = client.get(path, headers=ASKED).content.decode().strip()
                assert 'id="results"' in part[: part.index(">")], row
                assert part in page, row
    assert found == LISTS


def test_explicit_cache_policies_are_kept(world) -> None:
    kept = {
        "/nowhere/": "no-store",
        "/account/login/": "no-store",
        "/api/v1/openapi": "max-age",
    }
    for path, word in kept.items():
        said = world.clients["nobody"].get(path)["Cache-Control"]
        assert word in said, path
        assert word == "no-store" or "no-store" not in said, path
