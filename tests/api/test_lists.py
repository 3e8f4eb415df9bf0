"""What every list can be asked for, but for those that say here what they have instead."""

from __future__ import annotations

import pytest

from tests.api.site import Endpoint, endpoints

LISTS = [one for one in endpoints() if one.pages]
DATES = ({"first", "last"}, {"since", "until"}, {"covers_on", "ends_before"})
# What a clinic has some dozens of at most, and nobody looks for by a date.
WITHOUT_DATES = {
    *("guardians", "locations", "organizations", "payers", "practitioners", "rooms"),
    *("service-codes", "webhooks"),
}
# Parts of one row: a handful, without words of their own.
WITHOUT_SEARCH = {"insurance/{id}/checks", "webhook-deliveries/{id}/attempts"}


@pytest.mark.parametrize("endpoint", LISTS, ids=str)
def test_order_search_and_dates(endpoint: Endpoint) -> None:
    assert endpoint.spec.ordering
    assert ("search" in endpoint.filters) != (endpoint.address in WITHOUT_SEARCH)
    has_dates = any(pair <= endpoint.filters.keys() for pair in DATES)
    assert has_dates != (endpoint.address in WITHOUT_DATES)
