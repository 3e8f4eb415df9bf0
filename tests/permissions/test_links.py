"""The links on everybody's pages: none is refused to them, and forms open in place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve, reverse

from tests.permissions.cast import World
from tests.permissions.matrix import Row, rows
from tests.permissions.site import CLINIC, addresses

BY_NAME = {address.name: address for address in addresses()}
LINK = re.compile(r"<a\s[^>]*href=\"([^\"]+)\"[^>]*>")
PANEL = {"HX-Request": "true", "HX-Target": "panel"}
READERS = ("practitioner", "outsider", "viewer", "patient", "guardian", "superadmin")


def path(world: World, row: Row) -> str:
    address = BY_NAME[row.address]
    values = {name: world.own.reference(row.kind) for name in address.arguments if name != CLINIC}
    if address.is_of_clinic:
        values[CLINIC] = world.own.organization.slug
    return reverse(row.address, kwargs=values)


def pages(world: World, person: str) -> Iterator[tuple[str, str]]:
    """The address and the text of every page that opens to the person."""
    for row in rows():
        if row.method == "GET" and row.outcomes[person] == "200":
            answer = world.clients[person].get(path(world, row))
            if "text/html" in answer["Content-Type"]:
                yield row.address, answer.content.decode()


def leads_to(href: str) -> str:
    try:
        return resolve(urlsplit(href).path).view_name
    except Resolver404:
        return ""


@pytest.mark.parametrize("person", READERS)
def test_no_link_is_refused(world: World, person: str) -> None:
    refused = {
        one.address for one in rows() if one.method == "GET" and one.outcomes[person] == "403"
    }
    found = [
        f"{address} has {tag[0]}"
        for address, page in pages(world, person)
        for tag in LINK.finditer(page)
        if leads_to(tag[1]) in refused
    ]
    assert not found, "\n".join(found)


def test_panels_are_rendered_without_the_page(world: World) -> None:
    client = world.clients["admin"]
    links = {
        tag[1].replace("&amp;", "&")
        for _, page in pages(world, "admin")
        for tag in LINK.finditer(page)
        if "data-panel" in tag[0]
    }
    assert {"accounts:guardian_new", "billing:policy_edit", "scheduling:room_new"} <= set(
        map(leads_to, links)
    )
    for link in links:
        drawn = client.get(link, headers=PANEL).content.decode()
        assert "panel-head" in drawn, link
        assert "<html" not in drawn, link
        posts = re.findall(r"<form[^>]*method=\"post\"[^>]*>", drawn)
        assert all("hx-post" in form for form in posts), link
