"""The word for an authorization with no available unit: fully reserved, or exhausted."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.actor import Actor
from billing.ledger import services as ledger
from billing.models import Authorization

PAGES = ("billing:authorizations", "billing:authorization", "billing:patient_insurance")


@pytest.fixture
def texts(desk: Client, admin: Actor, authorization: Authorization) -> Any:
    """What the pages that show an authorization's state say now."""

    def read() -> list[str]:
        keys = {
            "billing:authorizations": {},
            "billing:authorization": {"pk": authorization.pk},
            "billing:patient_insurance": {"pk": authorization.patient_id},
        }
        return [desk.get(admin.url(page, **keys[page])).content.decode() for page in PAGES]

    return read


def test_exhausted_only_when_all_units_are_used(texts, admin, authorization, reserve) -> None:
    reservation = reserve(authorization.total_units)
    for page in texts():
        assert "Fully reserved" in page
        assert "Exhausted" not in page

    ledger.consume(actor=admin, reservation=reservation, units=authorization.total_units)
    for page in texts():
        assert "Exhausted" in page
        assert "Fully reserved" not in page


def test_programs_read_exhausted_for_both(api, admin, authorization, reserve) -> None:
    reservation = reserve(authorization.total_units)
    path = f"authorizations/{authorization.pk}"
    assert api.get(path).json()["state"] == "exhausted"

    ledger.consume(actor=admin, reservation=reservation, units=authorization.total_units)
    assert api.get(path).json()["state"] == "exhausted"
    listed = api.get("authorizations?state=exhausted").json()["results"]
    assert [one["id"] for one in listed] == [authorization.pk]
