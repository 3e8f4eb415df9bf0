"""Whatever is typed: a clear error, nothing written, and what was typed is still in the page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import Patient
from tests.pages import Form, form_on, forms_on, open_form
from tests.permissions import cast
from tests.permissions.matrix import rows
from tests.permissions.site import CLINIC, addresses

APPS = ("accounts", "billing", "scheduling")
REFUSALS = (400, 404, 409, 422)


@pytest.fixture
def world(db: None) -> cast.World:
    return cast.build()


@pytest.fixture
def admin(world: cast.World) -> Client:
    return world.clients["admin"]


def written() -> dict[str, list[dict[str, Any]]]:
    """All that the clinic's tables hold."""
    models = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    ignored = {"last_login"}
    return {
        model._meta.label: [
            {name: value for name, value in row.items() if name not in ignored}
            for row in model._default_manager.order_by("pk").values()
        ]
        for model in models
    }


def refused(client: Client, form: Form, **typed: Any) -> HttpResponse:
    """Send the form with `typed`; it must be refused, say so, and leave nothing behind."""
    before = written()
    answer = form.send(client, **typed)
    assert answer.status_code in REFUSALS, f"{typed} answers {answer.status_code}"
    assert written() == before
    if answer.status_code != 404:
        page = answer.content.decode()
        assert 'role="alert"' in page or 'class="error' in page or "errorlist" in page
        kept = {name for form in forms_on(answer) for name in form.kinds}
        assert set(typed) & set(form.kinds) <= kept
    return answer


def assert_still_there(answer: HttpResponse, **typed: str) -> None:
    form = form_on(answer, having=next(iter(typed)))
    assert {name: form.values[name] for name in typed} == typed


# Booking and moving


def clock_changes(world: cast.World) -> tuple[tuple[date, str], tuple[date, str]]:
    """The next wall-clock time that the clinic's clocks skip, and one that they show twice."""
    zone, today = world.own.organization.zone, world.own.organization.today()
    skipped = repeated = None
    for days in range(1, 400):
        day = today + timedelta(days=days)
        before, after = (_offset(day, hour, zone) for hour in (0, 12))
        if after > before:
            skipped = skipped or (day, "02:30")
        elif after < before:
            repeated = repeated or (day, "01:30")
    assert skipped
    assert repeated
    return skipped, repeated


def _offset(day: date, hour: int, zone: Any) -> timedelta:
    offset = datetime(day.year, day.month, day.day, hour, tzinfo=zone).utcoffset()
    assert offset is not None
    return offset


@pytest.fixture
def booking(world: cast.World, admin: Client) -> Form:
    patient = world.own.reference("patient")
    url = world.own.organization.slug
    return open_form(admin, f"/c/{url}/book/?patient={patient}", having="service_code")


@pytest.fixture
def moving(world: cast.World, admin: Client) -> Form:
    url, pk = world.own.organization.slug, world.own.reference("appointment")
    return open_form(admin, f"/c/{url}/appointments/{pk}/change/", having="service_code")


@pytest.fixture(params=["booking", "moving"])
def appointment_form(request: pytest.FixtureRequest) -> Form:
    form: Form = request.getfixturevalue(request.param)
    return form


TIMES = [
    ({"day": "2020-01-06"}, "That date has passed"),
    ({"day": "0001-01-01"}, "Choose a date between"),
    ({"day": "2199-12-31"}, "more than two years ahead"),
    ({"day": "9999-12-31", "start": "23:59", "minutes": "100000"}, "Choose a date between"),
    ({"day": "2026-02-30"}, "valid date"),
    ({"day": ""}, "required"),
    ({"day": "tomorrow"}, "valid date"),
    ({"start": "25:00"}, "valid time"),
    ({"start": ""}, "required"),
    ({"minutes": "0"}, "greater than or equal to 1"),
    ({"minutes": "-15"}, "greater than or equal to 1"),
    ({"minutes": "1500"}, "24 hours at most"),
    ({"minutes": "1000000000"}, "less than or equal to"),
    ({"minutes": "1e9"}, "whole number"),
    ({"minutes": "an hour"}, "whole number"),
    ({"minutes": ""}, "required"),
    ({"minutes": "5"}, "too few for a unit"),
]


def test_times_that_cannot_be(admin: Client, appointment_form: Form) -> None:
    for typed, said in TIMES:
        answer = refused(admin, appointment_form, **typed)
        assert said in answer.content.decode(), typed
        assert_still_there(answer, **typed)


def test_times_that_the_clocks_skip_or_show_twice(
    world: cast.World, admin: Client, appointment_form: Form
) -> None:
    skipped, repeated = clock_changes(world)
    for (day, start), said in ((skipped, "does not exist"), (repeated, "comes twice")):
        typed = {"day": f"{day}", "start": start, "authorization": "private"}
        answer = refused(admin, appointment_form, **typed)
        assert said in answer.content.decode()
        assert_still_there(answer, day=typed["day"], start=start)


NO_ID = ("0", "-1", "99999999999999999999", "x", "\0", "１２")


def test_references_to_nothing(admin: Client, appointment_form: Form) -> None:
    for field in ("service_code", "practitioner", "room", "authorization"):
        for wrong in NO_ID:
            refused(admin, appointment_form, **{field: wrong})


def test_a_patient_who_is_not(admin: Client, booking: Form) -> None:
    for wrong in NO_ID:
        assert refused(admin, booking, patient=wrong).status_code == 404, wrong


def test_the_preview_takes_all_of_it_too(
    world: cast.World, admin: Client, appointment_form: Form
) -> None:
    """It answers with a page, and says what is wrong where it can."""
    before = written()
    skipped, repeated = clock_changes(world)
    changes = [typed for typed, _ in TIMES]
    changes += [{"day": f"{day}", "start": start} for day, start in (skipped, repeated)]
    preview = Form(f"{appointment_form.action.split('?')[0]}preview/", appointment_form.values)
    for typed in changes:
        assert preview.send(admin, **typed).status_code in (200, 422), typed
    assert written() == before


def test_more_units_than_there_are(world: cast.World, admin: Client, booking: Form) -> None:
    day = world.own.organization.today() + timedelta(days=9)
    answer = refused(admin, booking, minutes="720", day=f"{day}")
    assert "48 units needed, 28 left" in answer.content.decode()


@pytest.mark.parametrize(
    ("started", "ended", "said"),
    [
        ((-1, "10:00"), (-1, "09:00"), "end must come after the start"),
        ((-1, "10:00"), (-1, "10:00"), "end must come after the start"),
        ((-1, "10:00"), (1, "09:00"), "24 hours at most"),
        ((0, "12:00"), (1, "10:00"), "cannot end in the future"),
        ((0, "never"), (0, "10:00"), "valid date/time"),
    ],
)
def test_a_session_that_cannot_have_been(
    world: cast.World, admin: Client, started: tuple[int, str], ended: tuple[int, str], said: str
) -> None:
    clinic = world.own.organization
    url = f"/c/{clinic.slug}/appointments/{world.own.reference('appointment')}/complete/"
    form = open_form(admin, url, having="ended_at")
    times = [f"{clinic.today() + timedelta(days=days)}T{clock}" for days, clock in (started, ended)]
    answer = refused(admin, form, started_at=times[0], ended_at=times[1])
    assert said in answer.content.decode()


# Units and dates of authorizations


def test_units_out_of_range(world: cast.World, admin: Client) -> None:
    slug, pk = world.own.organization.slug, world.own.reference("patient")
    url = f"/c/{slug}/patients/{pk}/authorizations/new/"
    form = open_form(admin, url, having="total_units")
    for field in ("total_units", "cap_per_day", "cap_per_week", "cap_per_month"):
        for units in ("0", "-1", "1000000000", "1.5", "many"):
            answer = refused(admin, form, **authorization(world, **{field: units}))
            assert field in answer.context["form"].errors
            assert_still_there(answer, **{field: units})
    refused(admin, form, **authorization(world, total_units=""))


def test_a_total_out_of_range(world: cast.World, admin: Client) -> None:
    slug, pk = world.own.organization.slug, world.own.reference("authorization")
    form = open_form(admin, f"/c/{slug}/authorizations/{pk}/adjust/", having="total_units")
    for units in ("-1", "1000000000", "11", "1.5", "many", ""):
        answer = refused(admin, form, total_units=units, reason="A new letter")
        assert "total_units" in answer.context["form"].errors
        assert_still_there(answer, total_units=units, reason="A new letter")
    refused(admin, form, total_units="50", reason=" ")


def authorization(world: cast.World, **changes: str) -> dict[str, Any]:
    today = world.own.organization.today()
    return {
        "policy": world.own.reference("policy"),
        "number": "B-1",
        "service_codes": [world.own.reference("service")],
        "start_date": f"{today}",
        "end_date": f"{today + timedelta(days=30)}",
        "total_units": "10",
        **changes,
    }


def test_an_authorization_that_ends_before_it_starts(world: cast.World, admin: Client) -> None:
    slug, pk = world.own.organization.slug, world.own.reference("patient")
    form = open_form(admin, f"/c/{slug}/patients/{pk}/authorizations/new/", having="end_date")
    typed = authorization(world, start_date="2026-03-02", end_date="2026-03-01")
    answer = refused(admin, form, **typed)
    assert_still_there(answer, number="B-1", end_date="2026-03-01")


# Names


NAMES = [
    ("Ada\x07", "invisible control character"),
    ("Ada\0", "Null characters"),
    ("\u202eadA", "invisible control character"),
    ("A" * 10_000, "at most 100 characters"),
]


def test_names_that_are_none(world: cast.World, admin: Client) -> None:
    slug = world.own.organization.slug
    form = open_form(admin, f"/c/{slug}/patients/new/", having="legal_first_name")
    rest = {"legal_last_name": "Moreno", "date_of_birth": "2016-05-04"}
    for name, said in NAMES:
        answer = refused(admin, form, legal_first_name=name, **rest)
        assert said in answer.content.decode()
        assert_still_there(answer, **rest)


def test_names_of_every_script_are_welcome(world: cast.World, admin: Client) -> None:
    slug = world.own.organization.slug
    rest = {"legal_last_name": "Moreno", "date_of_birth": "2016-05-04"}
    for name in ("שרה", "ليلى", "Nguyễn", "李", "O'Brien-Łukasz"):
        form = open_form(admin, f"/c/{slug}/patients/new/", having="legal_first_name")
        answer = form.send(admin, legal_first_name=name, **rest)
        assert answer.status_code == 302
        assert name in unescape(admin.get(answer["Location"]).content.decode())
        assert Patient.objects.filter(legal_first_name=name).exists()


# Every field of every form


PLAIN = {"csrfmiddlewaretoken", "idempotency_key", "next", "version"}
# The names under which forms ask for a record, and what they then mean.
RECORDS = {
    "authorization": "authorization",
    "guardian": "guardian",
    "location": "location",
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


def every_form(world: cast.World, admin: Client) -> Iterator[Form]:
    """Each POST form of each page that an administrator may open, once."""
    by_name = {address.name: address for address in addresses()}
    seen = set()
    for row in rows():
        address = by_name[row.address]
        if row.method != "GET" or row.outcomes["admin"] != "200" or not address.is_of_clinic:
            continue
        page = admin.get(_path(world, row.address, row.kind))
        for form in [] if page.streaming else forms_on(page):
            if form.is_post and form.action not in seen and f"/c/{_slug(world)}/" in form.action:
                seen.add(form.action)
                yield form
    yield open_form(
        admin,
        f"/c/{_slug(world)}/book/?patient={world.own.reference('patient')}",
        having="service_code",
    )


def _slug(world: cast.World) -> str:
    return world.own.organization.slug


def _path(world: cast.World, name: str, kind: str) -> str:
    by_name = {address.name: address for address in addresses()}
    values = {
        argument: _slug(world) if argument == CLINIC else world.own.reference(kind)
        for argument in by_name[name].arguments
    }
    return reverse(name, kwargs=values)


def test_no_field_takes_the_other_clinics_records(world: cast.World, admin: Client) -> None:
    found = set()
    for form in every_form(world, admin):
        for name in form.kinds.keys() & RECORDS:
            theirs = world.other.things[RECORDS[name]]
            answer = refused(admin, form, **{name: theirs.user_id if name == "user" else theirs.pk})
            if answer.status_code != 404:
                assert name in answer.context["form"].errors, (form.action, name)
            found.add(name)
    assert found >= {"authorization", "patient", "policy", "practitioner", "room", "service_codes"}


def test_every_choice_of_a_record_is_known_to_this_test(world: cast.World, admin: Client) -> None:
    """A new field that refers to records must be added to RECORDS."""
    ids = {str(getattr(thing, "pk", "")) for thing in world.own.things.values()} - {""}
    for form in every_form(world, admin):
        for name, value in form.values.items():
            chosen = value if isinstance(value, list) else [value]
            assert name in RECORDS or not ids & set(chosen), (form.action, name)


def test_no_text_field_takes_control_characters_or_a_book(world: cast.World, admin: Client) -> None:
    for form in every_form(world, admin):
        for name in text_fields(form):
            for typed in ("plain\x07", "plain\u202e", "x" * 50_000):
                answer = refused(admin, form, **{name: typed})
                assert name in answer.context["form"].errors, (form.action, name, typed[:9])


def text_fields(form: Form) -> set[str]:
    kinds = ("text", "email", "tel", "textarea")
    return {name for name, kind in form.kinds.items() if kind in kinds} - PLAIN


def test_no_number_field_takes_what_it_cannot_hold(world: cast.World, admin: Client) -> None:
    for form in every_form(world, admin):
        for name, kind in form.kinds.items():
            if kind != "number":
                continue
            for typed in ("-1", "1000000000", "1e400", "NaN", "9" * 5000):
                answer = refused(admin, form, **{name: typed})
                assert name in answer.context["form"].errors, (form.action, name, typed)


def test_no_date_field_takes_what_is_none(world: cast.World, admin: Client) -> None:
    for form in every_form(world, admin):
        for name, kind in form.kinds.items():
            if kind in ("date", "time", "datetime-local"):
                for typed in ("2026-02-30", "99:99", "0000-00-00", "1" * 5000, "\0"):
                    answer = refused(admin, form, **{name: typed})
                    assert answer.context["form"].errors, (form.action, name, typed)
