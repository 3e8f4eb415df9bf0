"""Times that cannot be: past, backwards, too long, skipped or shown twice by the clocks."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse

from tests.bad_input.site import Found, Site, assert_kept, assert_told_beside
from tests.pages import Form

DAY = timedelta(days=1)


@pytest.fixture(params=["scheduling:book", "scheduling:reschedule"])
def appointment(request: pytest.FixtureRequest, untouched: Site) -> Found:
    return untouched.forms[request.param][0]


def assert_error(answer: HttpResponse, field: str, words: str, typed: dict[str, Any]) -> None:
    assert_told_beside(answer, [field], f"{typed}")
    assert words in str(answer.context["form"].errors[field]), typed
    assert_kept(answer, typed)


TIMES = [
    ({"day": "2020-01-06"}, "day", "That date has passed"),
    ({"day": "0001-01-01"}, "day", "Choose a date between 1900 and 2199"),
    ({"day": "2199-12-31"}, "day", "more than two years ahead"),
    ({"day": "9999-12-31", "start": "23:59"}, "day", "Choose a date between"),
    ({"day": "2026-02-30"}, "day", "valid date"),
    ({"day": ""}, "day", "required"),
    ({"day": "tomorrow"}, "day", "valid date"),
    ({"start": "25:00"}, "start", "valid time"),
    ({"start": ""}, "start", "required"),
    ({"minutes": "0"}, "minutes", "greater than or equal to 1"),
    ({"minutes": "-15"}, "minutes", "greater than or equal to 1"),
    ({"minutes": "1500"}, "minutes", "24 hours at most"),
    ({"minutes": "1000000000"}, "minutes", "less than or equal to"),
    ({"minutes": "1e9"}, "minutes", "whole number"),
    ({"minutes": "an hour"}, "minutes", "whole number"),
    ({"minutes": ""}, "minutes", "required"),
    ({"minutes": "5"}, "minutes", "too short for a unit"),
]


def test_times_that_cannot_be(untouched: Site, appointment: Found) -> None:
    for typed, field, words in TIMES:
        assert_error(untouched.refused(appointment, **typed), field, words, typed)


def test_times_that_the_clocks_skip_or_show_twice(untouched: Site, appointment: Found) -> None:
    for typed, words in clock_changes(untouched):
        answer = untouched.refused(appointment, authorization="private", **typed)
        assert_error(answer, "start", words, typed)


def clock_changes(site: Site) -> list[tuple[dict[str, str], str]]:
    """The next wall-clock time that the clinic's clocks skip, and one that they show twice."""
    clinic = site.world.own.organization
    found: dict[str, tuple[dict[str, str], str]] = {}
    for days in range(1, 400):
        day = clinic.today() + days * DAY
        before, after = (_offset(day, hour, clinic.zone) for hour in (0, 12))
        if after > before:
            found.setdefault("skipped", ({"day": f"{day}", "start": "02:30"}, "does not exist"))
        elif after < before:
            found.setdefault("repeated", ({"day": f"{day}", "start": "01:30"}, "comes twice"))
    return [found["skipped"], found["repeated"]]


def _offset(day: date, hour: int, zone: Any) -> timedelta:
    offset = datetime(day.year, day.month, day.day, hour, tzinfo=zone).utcoffset()
    assert offset is not None
    return offset


def test_the_preview_takes_all_of_it_too(untouched: Site, appointment: Found) -> None:
    """It answers with the form, and says what is wrong."""
    client = untouched.world.clients["admin"]
    preview = Form(f"{appointment.form.action.split('?')[0]}preview/", appointment.form.values)
    told = [(typed, words) for typed, _, words in TIMES] + clock_changes(untouched)
    for typed, words in told:
        answer = preview.send(client, **typed)
        assert answer.status_code == 200, typed
        assert words in answer.content.decode(), typed
        assert_kept(answer, typed)


def test_a_move_on_the_grid(untouched: Site) -> None:
    """It has no form: the refusal is a message."""
    client = untouched.world.clients["admin"]
    (move,) = untouched.forms["scheduling:appointment_move"]
    moves = [
        ({"starts_at": "2020-01-06T09:00"}, "That date has passed"),
        ({"starts_at": "2199-01-06T09:00"}, "more than two years ahead"),
        ({"starts_at": "0001-01-01T00:00"}, "Choose a date between"),
        ({"starts_at": "2026-02-30T09:00"}, "Choose a time in the calendar"),
        ({"starts_at": "\0"}, "Choose a time in the calendar"),
        ({}, "Choose a time in the calendar"),
        *(
            ({"starts_at": f"{typed['day']}T{typed['start']}"}, words)
            for typed, words in clock_changes(untouched)
        ),
    ]
    for typed, words in moves:
        answer = move.form.send(client, **typed)
        assert words in client.get(answer["Location"]).content.decode(), typed


SESSIONS = [
    ((-1, "10:00"), (-1, "09:00"), "ended_at", "end must come after the start"),
    ((-1, "10:00"), (-1, "10:00"), "ended_at", "end must come after the start"),
    ((-2, "10:00"), (-1, "11:00"), "ended_at", "24 hours at most"),
    ((0, "00:10"), (2, "00:20"), "ended_at", "24 hours at most"),
    ((0, "23:58"), (1, "23:57"), "ended_at", "cannot end in the future"),
    ((0, "never"), (0, "10:00"), "started_at", "valid date/time"),
    ((0, "10:00"), (0, "25:00"), "ended_at", "valid date/time"),
]


@pytest.mark.parametrize(("started", "ended", "field", "words"), SESSIONS)
def test_a_session_that_cannot_have_been(
    untouched: Site, started: tuple[int, str], ended: tuple[int, str], field: str, words: str
) -> None:
    today = untouched.world.own.organization.today()
    times = [f"{today + days * DAY}T{clock}" for days, clock in (started, ended)]
    found = untouched.forms["scheduling:complete"]
    form = next(one for one in found if "ended_at" in one.form.kinds)
    typed = dict(zip(("started_at", "ended_at"), times, strict=True))
    assert_error(untouched.refused(form, **typed), field, words, typed)


def test_a_session_at_times_that_the_clocks_skip_or_show_twice(untouched: Site) -> None:
    found = untouched.forms["scheduling:complete"]
    form = next(one for one in found if "ended_at" in one.form.kinds)
    for typed, _ in clock_changes(untouched):
        local = f"{typed['day']}T{typed['start']}"
        answer = untouched.refused(form, started_at=local)
        assert_error(answer, "started_at", "ambiguous or it may not exist", {"started_at": local})


@pytest.mark.parametrize(
    ("address", "first", "last"),
    [
        ("billing:authorization_new", "start_date", "end_date"),
        ("billing:authorization_edit", "start_date", "end_date"),
        ("scheduling:authorization_dates", "start_date", "end_date"),
        ("billing:policy_new", "start_date", "end_date"),
        ("billing:policy_edit", "start_date", "end_date"),
        ("billing:policy_end", "", "end_date"),
        ("accounts:settings", "opens_at", "closes_at"),
    ],
)
def test_an_end_before_the_start(untouched: Site, address: str, first: str, last: str) -> None:
    (found,) = untouched.forms[address]
    start, end = ("18:00", "09:00") if "at" in last.split("_") else ("2026-03-02", "2018-03-01")
    typed = {last: end, **({first: start} if first else {})}
    lawful = lawful_values(untouched, address)
    answer = untouched.refused(found, **lawful, **typed)
    assert_told_beside(answer, [last], address)
    assert_kept(answer, typed)


def lawful_values(site: Site, address: str) -> dict[str, Any]:
    """What else a new one needs, so that only its dates are wrong."""
    own = site.world.own.reference
    services = [str(own("service"))]
    return {
        "billing:authorization_new": {
            "policy": f"{own('policy')}",
            "number": "B-1",
            "total_units": "10",
            "service_codes": services,
            "status": "active",
        },
        "billing:policy_new": {
            "payer": f"{own('payer')}",
            "member_id": "W-9",
            "priority": "2",
            "subscriber_relationship": "self",
        },
    }.get(address, {})
