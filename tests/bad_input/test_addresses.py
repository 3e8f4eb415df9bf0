"""Input in addresses: numbers, queries, filters."""

from __future__ import annotations

from itertools import product
from typing import Any
from unittest import mock

import pytest
from django.http import HttpResponse, QueryDict
from django.urls import reverse

from tests.bad_input.site import BY_NAME, Site
from tests.pages import forms_on
from tests.permissions.matrix import Row, rows
from tests.permissions.site import CLINIC

READ = [row for row in rows() if row.method == "GET" and row.outcomes["admin"] == "200"]
NUMBERED = [
    row
    for row in rows()
    if "<int:" in BY_NAME[row.address].route and row.outcomes["admin"] not in ("403", "405")
]
ODD = ("0", f"{10**30}", "9" * 4500)

# A query that some page reads only when another is there.
TOGETHER = {"page": "1", "sort": "", "date": "2026-03-02", "time": "12:00"}
NONSENSE = ("\0", "0001-01-01", "9999-12-31T23:59", f"{10**30}", "x" * 10_000)
NO_ORDER = ("__class__", "-password", "pk,;--", "\0")
ANSWERS = (200, 302, 400, 404, 422)


def test_numbers_that_nothing_has(untouched: Site) -> None:
    client, found = untouched.world.clients["admin"], []
    for number, row in [(f"{2**63}", row) for row in NUMBERED] + list(product(ODD, NUMBERED[:4])):
        path = reverse(row.address, kwargs={**_clinic(untouched), _number_of(row): 7})
        answer = getattr(client, row.method.lower())(path.replace("/7/", f"/{number}/"))
        found.append((f"{row} {number[:22]}", answer.status_code))
    assert [one for one in found if one[1] != 404] == []


@pytest.mark.parametrize("name", ["q", "search", "date", "start", "move", "page", "sort"])
def test_queries_that_are_no_text(untouched: Site, name: str) -> None:
    for address in ("accounts:patients", "accounts:search", "scheduling:week", "scheduling:book"):
        path = reverse(address, kwargs=_clinic(untouched))
        answer = untouched.world.clients["admin"].get(f"{path}?{name}=a%ED%A0%80%FF")
        assert answer.status_code in ANSWERS, path


def _clinic(site: Site) -> dict[str, str]:
    return {CLINIC: site.slug}


def _number_of(row: Row) -> str:
    return next(name for name in BY_NAME[row.address].arguments if name != CLINIC)


@pytest.mark.parametrize("path", ["/c/%00/", "/c/%ED%A0%80/", "/c/%2e%2e/", "/c/" + "x" * 5000])
def test_clinics_that_cannot_be(untouched: Site, path: str) -> None:
    assert untouched.world.clients["admin"].get(path).status_code in (301, 404)


@pytest.mark.parametrize("row", READ, ids=str)
def test_queries_that_make_no_sense(untouched: Site, row: Row) -> None:
    client = untouched.world.clients["admin"]
    path = untouched.path(row.address, row.kind)
    for name in asked_for(untouched, row):
        for value in NO_ORDER if name == "sort" else NONSENSE:
            answer = client.get(path, {**TOGETHER, name: value})
            assert answer.status_code in ANSWERS, f"{path} {name}={value[:20]!r}"


def asked_for(site: Site, row: Row) -> set[str]:
    """The names that a page looks for in its query; its list's filters have a test of their own."""
    names: set[str] = set()

    class Noted(QueryDict):
        def __getitem__(self, name: str) -> Any:
            names.add(name)
            return super().__getitem__(name)

        def get(self, name: str, default: Any = None) -> Any:
            names.add(name)
            return super().get(name, default)

    path = site.path(row.address, row.kind)
    with mock.patch("django.core.handlers.wsgi.QueryDict", Noted):
        page = site.world.clients["admin"].get(path, TOGETHER)
    if page.streaming:  # the export takes the filters of the list it exports
        return set()
    for form in forms_on(page):
        if not form.is_post and form.action == path:
            names |= form.kinds.keys()
    filters = page.context and page.context.get("filter")
    return names - filters.form.fields.keys() if hasattr(filters, "qs") else names


# Filters of lists


# By the kind of field: what it cannot be.
SENSELESS = {
    "CharField": ("\0", "x" * 101),
    "ChoiceField": ("nonsense",),
    "DayField": ("soon", "0000-00-00", "9999-12-31"),
    "IntegerField": ("many", "-1", "1e400", f"{10**30}"),
    "ModelChoiceField": ("0", "abc", f"{10**30}"),
}


def test_filters_that_make_no_sense_say_so(untouched: Site) -> None:
    """Also in the partial that htmx updates when a filter changes."""
    client, seen = untouched.world.clients["admin"], set()
    for path, shown in untouched.filters.items():
        for name, field in shown.form.fields.items():
            kind = next(one.__name__ for one in type(field).__mro__ if one.__name__ in SENSELESS)
            values = SENSELESS[kind] if kind not in seen else SENSELESS[kind][:1]
            seen.add(kind)
            for value in values:
                answer = client.get(path, {name: value})
                _says_so(answer, f"{path} {name}={value[:20]}", name)
    assert seen == SENSELESS.keys()


def _says_so(answer: HttpResponse, told: str, name: str) -> None:
    assert answer.status_code == 422, told
    errors = answer.context["filter"].form.errors
    assert errors.keys() == {name}, told
    page = answer.content.decode()
    results = page[page.index('id="results"') :]
    assert 'role="alert"' in results, told
    assert f"{answer.context['filter'].form.fields[name].label}:" in results, told
    assert not answer.context["table"].rows, told


def test_the_export_does_not_ignore_a_filter(untouched: Site) -> None:
    path = reverse("accounts:audit_export", kwargs=_clinic(untouched))
    answer = untouched.world.clients["admin"].get(path, {"first": "soon"})
    assert answer.status_code == 422
    assert "Enter a valid date" in answer.content.decode()


def test_other_clinics_records_are_no_filter(untouched: Site) -> None:
    world = untouched.world
    found = set()
    theirs = {
        "practitioner": world.other.things["practitioner"].pk,
        "payer": world.other.things["payer"].pk,
        "service": world.other.things["service"].pk,
        "actor": world.other.things["member"].user_id,
    }
    for path, shown in untouched.filters.items():
        for name in shown.form.fields.keys() & theirs:
            answer = world.clients["admin"].get(path, {name: theirs[name]})
            _says_so(answer, f"{path} {name}", name)
            found.add(name)
    assert found == theirs.keys()
