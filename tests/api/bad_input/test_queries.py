"""Query parameters that make no sense, at every list and every read that takes any."""

from __future__ import annotations

import base64
from typing import Any

import django_filters
import pytest
from django import forms

from accounts.web.filters import IdFilter
from tests.api.bad_input.sending import Site, one_of, own_of
from tests.api.site import Endpoint, endpoints
from tests.permissions.cast import Clinic

READS = [one for one in endpoints() if one.method == "GET"]
LISTS = [one for one in READS if one.pages]


def cursor(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


PAGES: dict[str, tuple[str, ...]] = {
    "page": ("0", "-1", "1.5", "many", f"{10**30}", "9" * 5000, "\0", ""),
    "page_size": ("0", "-1", "201", "1e2", "many", f"{10**30}", "9" * 5000, "\0", "", "\u0661"),
    "cursor": (
        "garbage",
        "\0",
        "\u00fc",
        cursor("p=abc"),
        cursor("p=\0"),
        cursor(f"p={10**30}"),
        cursor("p=9" + "9" * 5000),
        cursor("o=-1"),
        cursor("o=many"),
        cursor("r=1&p=x"),
        "x" * 10_000,
    ),
}
ORDERINGS = ("__class__", "-password", "pk,;--", "\0", ",", "-", "--id", "id" * 5000)


@pytest.mark.parametrize("endpoint", LISTS, ids=str)
def test_pages_that_there_are_not(untouched: Site, endpoint: Endpoint) -> None:
    for name, values in PAGES.items():
        for value in values:
            untouched.refused(endpoint, None, query={name: value})
    for other in ("page", "ordering"):
        untouched.refused(endpoint, None, query={"cursor": "", other: "1"})


@pytest.mark.parametrize("endpoint", LISTS, ids=str)
def test_orders_that_there_are_not(untouched: Site, endpoint: Endpoint) -> None:
    for value in ORDERINGS:
        untouched.refused(endpoint, None, "ordering", query={"ordering": value})


@pytest.mark.parametrize("endpoint", READS, ids=str)
def test_parameters_that_there_are_not(untouched: Site, endpoint: Endpoint) -> None:
    for name in ("colour", "__class__", "organization", "id__in", "\0", "\u00fc"):
        untouched.refused(endpoint, None, query={name: "1"})


# By the kind of filter's field: what it cannot be.
SENSELESS: dict[type[forms.Field], tuple[str, ...]] = {
    forms.ModelChoiceField: ("0", "-1", "7", "abc", "\0", f"{10**30}"),
    forms.ChoiceField: ("nonsense", "\0", "9" * 30),
    forms.IntegerField: ("-1", "many", "1.5", "1e400", "\0", f"{10**30}"),
    forms.DateField: ("soon", "2026-02-30", "0000-00-00", "0001-01-01", "9999-12-31", "\0"),
    forms.CharField: ("\0", "x" * 101),
}


def senseless(one: django_filters.Filter) -> tuple[str, ...]:
    found = [values for kind, values in SENSELESS.items() if issubclass(one.field_class, kind)]
    assert found, f"a kind of filter that these tests do not know: {one.field_class}"
    return (*found[0], "0") if isinstance(one, IdFilter) else found[0]


@pytest.mark.parametrize("endpoint", LISTS, ids=str)
def test_filters_that_make_no_sense(untouched: Site, endpoint: Endpoint) -> None:
    for name, one in endpoint.filters.items():
        for value in senseless(one):
            untouched.refused(endpoint, None, name, query={name: value})


@pytest.mark.parametrize("endpoint", LISTS, ids=str)
def test_the_other_clinics_rows_are_no_filter(untouched: Site, endpoint: Endpoint) -> None:
    """Refused, or nothing is found by them."""
    for name, one in endpoint.filters.items():
        if isinstance(one, (IdFilter, django_filters.ModelChoiceFilter)):
            for pk in ids_of(untouched.world.other):
                answer = untouched.send(endpoint, query={name: pk})
                assert answer.status_code == 400 or answer.json()["results"] == [], f"{name} {pk}"


def ids_of(clinic: Clinic) -> list[int]:
    return [thing.pk for thing in clinic.things.values() if hasattr(thing, "pk")]


SENSELESS_INPUT: tuple[Any, ...] = ("", "\0", "many", "-1", f"{10**30}", "1e400", "9" * 5000)


@pytest.mark.parametrize("endpoint", [one for one in READS if one.takes().fields], ids=str)
def test_what_a_read_takes(untouched: Site, endpoint: Endpoint) -> None:
    names = list(endpoint.takes().fields)
    for value in SENSELESS_INPUT:
        untouched.refused(endpoint, None, *names, query=dict.fromkeys(names, value))
    for name, field in endpoint.takes().fields.items():
        if own := own_of(field):
            theirs = one_of(own, untouched.other)
            untouched.refused(endpoint, None, name, query={name: theirs})
