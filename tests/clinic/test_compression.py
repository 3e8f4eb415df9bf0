"""Pages go out compressed; what a program compares by its tag does not."""

from __future__ import annotations

import gzip

from django.test import Client

from tests import factories

ASKED = {"Accept-Encoding": "gzip"}


def test_pages_are_compressed_for_clients_that_accept_it(db: None) -> None:
    actor = factories.actor(factories.OrganizationFactory())
    browser = Client()
    browser.force_login(actor.user)

    plain = browser.get(actor.url("accounts:patients"))
    small = browser.get(actor.url("accounts:patients"), headers=ASKED)

    assert "Content-Encoding" not in plain
    assert small["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small["Vary"]
    assert b"</html>" in gzip.decompress(small.content)
    assert len(small.content) < len(plain.content) / 2


def test_the_api_keeps_its_tags(client: Client) -> None:
    answer = client.get("/api/v1/openapi", headers=ASKED)
    assert "Content-Encoding" not in answer
