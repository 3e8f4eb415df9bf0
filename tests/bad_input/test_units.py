"""Units that cannot be granted, capped or booked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from billing.models import Authorization
from tests.bad_input.site import Site, assert_kept, assert_told_beside

CAPS = ("cap_per_day", "cap_per_week", "cap_per_month")
NO_UNITS = ("0", "-1", "1000000000", "1.5", "many", "1e3")


def authorization(site: Site, **changes: str) -> dict[str, Any]:
    today = site.world.own.organization.today()
    return {
        "policy": str(site.world.own.reference("policy")),
        "number": "B-1",
        "service_codes": [str(site.world.own.reference("service"))],
        "start_date": f"{today}",
        "end_date": f"{today + timedelta(days=30)}",
        "total_units": "10",
        "status": "active",
        **changes,
    }


@pytest.mark.parametrize("field", ["total_units", *CAPS])
def test_a_new_authorization(untouched: Site, field: str) -> None:
    (found,) = untouched.forms["billing:authorization_new"]
    for units in NO_UNITS:
        typed = authorization(untouched, **{field: units})
        answer = untouched.refused(found, **typed)
        assert_told_beside(answer, [field], units)
        assert answer.context["form"].errors.keys() == {field}
        assert_kept(answer, typed)


@pytest.mark.parametrize("field", CAPS)
def test_a_cap(untouched: Site, field: str) -> None:
    (found,) = untouched.forms["billing:authorization_edit"]
    for units in NO_UNITS:
        answer = untouched.refused(found, **{field: units})
        assert_told_beside(answer, [field], units)
        assert_kept(answer, {field: units})


def test_a_total(untouched: Site) -> None:
    """Among them: one fewer than are used and reserved."""
    (found,) = untouched.forms["billing:authorization_adjust"]
    held = untouched.world.own.things["authorization"]
    too_few = held.used_units + held.reserved_units - 1
    for units in ("-1", "1000000000", f"{too_few}", "1.5", "many", ""):
        typed = {"total_units": units, "reason": "A new letter"}
        answer = untouched.refused(found, **typed)
        assert_told_beside(answer, ["total_units"], units)
        assert_kept(answer, typed)


def test_a_total_without_a_reason(untouched: Site) -> None:
    (found,) = untouched.forms["billing:authorization_adjust"]
    for reason in ("", " ", "\t\n"):
        answer = untouched.refused(found, total_units="50", reason=reason)
        assert_told_beside(answer, ["reason"], repr(reason))
        assert_kept(answer, {"total_units": "50"})


def test_more_units_than_there_are(untouched: Site) -> None:
    (found,) = untouched.forms["scheduling:book"]
    day = f"{untouched.world.own.organization.today() + timedelta(days=9)}"
    answer = untouched.refused(found, minutes="720", day=day)
    left = untouched.world.own.things["authorization"].available_units
    assert f"48 units needed, {left} left" in answer.content.decode()
    assert_kept(answer, {"minutes": "720", "day": day})


def test_full_width_digits_are_digits(site: Site, db: None) -> None:
    """As Japanese and Chinese keyboards write them: ten units, no other number."""
    (found,) = site.forms["billing:authorization_new"]
    answer = site.sent(found, **authorization(site, total_units="１０"))
    assert answer.status_code == 302
    assert Authorization.objects.get(number="B-1").total_units == 10
