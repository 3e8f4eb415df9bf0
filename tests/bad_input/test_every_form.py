"""Every field of every form refuses what it cannot be, says so, and keeps what was typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.db import transaction
from django.http import HttpResponse

from tests.bad_input.site import (
    CARRIED,
    REFUSALS,
    Found,
    Site,
    assert_kept,
    assert_told_beside,
    shortened,
    writing,
)

pytestmark = pytest.mark.parametrize("address", sorted(writing()))

DONE = (200, 302)  # 200 where what was made is shown once
TEXT = ("text", "email", "tel", "url", "search", "textarea")
NO_TEXT = ("nu\0l", "esc\x1b[31m", "mark\u200f", "x" * 50_000)
NO_NUMBER = ("-1", "1000000000", "1e400", "NaN", "9" * 5000)
NO_MOMENT = {
    "date": ("2026-02-30", "0000-00-00", "1" * 5000, "\0"),
    "time": ("99:99", "1" * 5000, "\0"),
    "datetime-local": ("2026-02-30T10:00", "0000-00-00T00:00", "1" * 5000, "\0"),
}
FAR = {"date": ("0001-01-01", "9999-12-31"), "datetime-local": ("0001-01-01T00:00",)}
NO_CHOICE = ("nonsense", "\0", "9" * 30)

# The names under which forms ask for a record, and what they then mean.
RECORDS = {
    "authorization": "authorization",
    "guardian": "guardian",
    "location": "location",
    "outside": "authorization",
    "patient": "patient",
    "payer": "payer",
    "policy": "policy",
    "practitioner": "practitioner",
    "room": "room",
    "service_code": "service",
    "service_codes": "service",
    "supervisor": "practitioner",
    "user": "member",
}


def forms(site: Site, address: str) -> list[Found]:
    assert site.forms.get(address), f"no page shows the form of {address}"
    return site.forms[address]


def refuses_each(site: Site, found: Found, names: list[str], values: tuple[str, ...]) -> None:
    """All fields get the value at once; each has its own error."""
    for value in values if names else ():
        typed = dict.fromkeys(names, value)
        answer = site.refused(found, **typed)
        if answer.status_code != 404:
            assert_told_beside(answer, names, f"{found}: {value[:20]!r}")
            assert_kept(answer, {name: value for name in names if not is_choice(found, name)})


def is_choice(found: Found, name: str) -> bool:
    return found.form.kinds[name] in ("select", "radio", "checkbox", "hidden")


def choices(found: Found) -> list[str]:
    """Without checkboxes: whatever is sent for one that stands alone means yes."""
    several = [name for name in found.typed_fields("checkbox") if name in RECORDS]
    return [*found.typed_fields("select", "radio"), *several]


def test_text_fields_reject_control_characters_and_oversize(untouched: Site, address: str) -> None:
    for found in forms(untouched, address):
        refuses_each(untouched, found, found.typed_fields(*TEXT), NO_TEXT)


def test_no_text_takes_bytes_that_are_no_text(untouched: Site, address: str) -> None:
    for found in forms(untouched, address):
        if names := found.typed_fields(*TEXT):
            client = untouched.world.clients[found.person]
            hidden = {name: found.form.values[name] for name in found.typed_fields("hidden")}
            body = "&".join([urlencode(hidden), *(f"{name}=a%ED%A0%80b%FF" for name in names)])
            answer = client.post(
                found.form.action, body, content_type="application/x-www-form-urlencoded"
            )
            assert answer.status_code in REFUSALS
            if answer.status_code != 404:
                assert_told_beside(answer, names, f"{found}: no text")


def test_number_fields_reject_values_out_of_range(untouched: Site, address: str) -> None:
    for found in forms(untouched, address):
        refuses_each(untouched, found, found.typed_fields("number"), NO_NUMBER)


def test_no_date_or_time_takes_what_is_none(untouched: Site, address: str) -> None:
    for found in forms(untouched, address):
        for kind, values in NO_MOMENT.items():
            refuses_each(untouched, found, found.typed_fields(kind), values)


def test_no_date_is_beyond_reckoning(untouched: Site, address: str) -> None:
    for found in forms(untouched, address):
        for kind, values in FAR.items():
            for name in found.typed_fields(kind):
                refuses_each(untouched, found, [name], values)


def test_no_choice_takes_what_was_not_offered(untouched: Site, address: str) -> None:
    for found in forms(untouched, address):
        refuses_each(untouched, found, choices(found), NO_CHOICE)


def test_no_field_takes_the_other_clinics_records(untouched: Site, address: str) -> None:
    world = untouched.world
    for found in forms(untouched, address):
        for name in found.form.kinds.keys() & RECORDS.keys():
            theirs = world.other.things[RECORDS[name]]
            key = theirs.user_id if name == "user" else theirs.pk
            answer = untouched.refused(found, **{name: str(key)})
            if answer.status_code != 404:
                assert_told_beside(answer, [name], f"{found}: theirs")


def test_every_field_for_a_record_is_known_to_these_tests(
    site: Site, db: None, address: str
) -> None:
    """A new one must be added to RECORDS."""
    ids = {str(getattr(thing, "pk", "")) for thing in site.world.own.things.values()} - {""}
    for found in forms(site, address):
        for name, value in found.form.values.items():
            chosen = set(value) if isinstance(value, list) else {value}
            assert name in RECORDS or not ids & chosen, f"{found}: {name}"


CARRIED_WRONGLY = {
    "version": ("abc", "-1", "9" * 30),
    "idempotency_key": ("\0", "x" * 10_000),
}


def test_what_a_page_carries_along_is_not_trusted(untouched: Site, address: str) -> None:
    for found in forms(untouched, address):
        for name, values in CARRIED_WRONGLY.items():
            for value in values if name in found.form.values else ():
                answer = untouched.sent(found, **{name: value})
                told = f"{found}: {name} {value[:9]!r} {answer.status_code}"
                assert answer.status_code in (*REFUSALS, 302), told


ELSEWHERE = ("//evil.example/", "javascript:alert(1)", "/\0\r\nX: y")


def test_next_never_redirects_to_another_host(site: Site, db: None, address: str) -> None:
    for found in forms(site, address):
        for value in ELSEWHERE if "next" in found.form.values else ELSEWHERE[:1]:
            with transaction.atomic():
                answer = site.sent(found, next=value)
                transaction.set_rollback(True)
            assert answer.status_code in (*REFUSALS, *DONE), f"{found}: {value!r}"
            place = urlsplit(answer.get("Location", "/"))
            assert not place.netloc, f"{found}: {value!r}"
            assert not place.scheme, f"{found}: {value!r}"


def lacking(found: Found) -> Iterator[tuple[str, dict[str, Any]]]:
    values = found.form.values
    for name in values.keys() - CARRIED:
        yield f"without {name}", {key: value for key, value in values.items() if key != name}
    yield "twice", {name: [value, value] for name, value in values.items() if value != []}


def test_fields_that_lack_or_come_twice(site: Site, db: None, address: str) -> None:
    """Refused with a word, or done as if it had been left empty."""
    for found in forms(site, address):
        client = site.world.clients[found.person]
        for what, values in lacking(found):
            with transaction.atomic():
                answer = client.post(found.form.action, values)
                is_shown = answer.status_code == 200 and not site.before.is_unchanged()
                if answer.status_code != 302 and not is_shown:
                    _refused_aloud(site, answer, f"{found} {what}: {shortened(values)}")
                transaction.set_rollback(True)


BODIES = {
    "multipart/form-data; boundary=x": b"--x\r\nContent-Disposition: form-data; name=",
    "multipart/form-data": b"no boundary",
    "application/json": b'{"name": "',
}
ODD_BODIES = {
    "application/x-www-form-urlencoded; charset=nonsense": b"%%%&=&==",
    "application/x-www-form-urlencoded": b"&".join([b"a=1"] * 1500),
    "text/plain": b"x" * 3_000_000,
    "": b"name=Ada",
    **BODIES,
}


def test_bodies_that_are_no_form(site: Site, db: None, address: str) -> None:
    """A button needs no body; a form says what it lacks."""
    for found in forms(site, address):
        client = site.world.clients[found.person]
        is_button = not found.typed_fields(*TEXT, *NO_MOMENT, "number", "select", "radio")
        is_one_of_many = address != "accounts:patient_new"
        for kind, body in (BODIES if is_one_of_many else ODD_BODIES).items():
            with transaction.atomic():
                answer = client.generic("POST", found.form.action, body, content_type=kind)
                if not (is_button and answer.status_code == 302):
                    _refused_aloud(site, answer, f"{found}: {kind}")
                transaction.set_rollback(True)


def _refused_aloud(site: Site, answer: HttpResponse, what: str) -> None:
    assert answer.status_code in REFUSALS, f"{what} {answer.status_code}"
    assert site.before.is_unchanged(), what
    assert b"<h1" in answer.content or b'role="alert"' in answer.content, what
