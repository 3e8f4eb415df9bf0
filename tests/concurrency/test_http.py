"""The same races through the pages: each browser has its form open, then all of them send it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from scheduling.models import Appointment, Status
from tests.concurrency.clinic import HOUR, Clinic
from tests.concurrency.race import race
from tests.pages import Form, open_form


def browsers(clinic: Clinic, count: int) -> list[Client]:
    opened = [Client() for _ in range(count)]
    for browser in opened:
        browser.force_login(clinic.actor.user)
    return opened


def booking_form(clinic: Clinic, browser: Client, **asked: Any) -> Form:
    wanted = {"patient": clinic.patient.pk, "practitioner": clinic.practitioner.pk, **asked}
    start = wanted.pop("start", clinic.day(7))
    query = "&".join(f"{name}={value}" for name, value in wanted.items())
    url = clinic.actor.url("scheduling:book")
    return open_form(browser, f"{url}?{query}&start={start:%Y-%m-%dT%H:%M}", having="service_code")


def another(form: Form, **typed: Any) -> Form:
    """The same form in another browser, with its own key and other entries."""
    own = {"idempotency_key": str(uuid4())}
    return replace(form, values={**form.values, **own, **typed})


def send_together(sends: list[tuple[Client, Form]], **typed: Any) -> list[HttpResponse]:
    return race([lambda b=b, form=form: form.send(b, **typed) for b, form in sends]).each


def statuses(answers: list[HttpResponse]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


def test_fifty_book_where_seven_fit():
    clinic = Clinic(units=28)
    opened = browsers(clinic, 50)
    form = booking_form(clinic, opened[0])
    sends = []
    for number, (browser, one) in enumerate(zip(opened, clinic.practitioners(50), strict=True)):
        start = clinic.day(7 + number % 25, hour=8 + number // 25)
        when = {"day": f"{start:%Y-%m-%d}", "start": f"{start:%H:%M}"}
        sends.append((browser, another(form, practitioner=one.pk, **when)))
    answers = send_together(sends, authorization=clinic.authorization.pk)
    assert statuses(answers) == {302: 7, 409: 43}
    for answer in answers:
        if answer.status_code == 409:
            assert f"4 units needed, none left on {clinic.authorization.number}" in (
                answer.content.decode()
            )
    assert clinic.balance() == (28, 0, 28)


def test_two_book_the_last_units():
    clinic = Clinic(units=4)
    people = zip(browsers(clinic, 2), clinic.practitioners(2), strict=True)
    answers = send_together(
        [
            (browser, booking_form(clinic, browser, practitioner=one.pk, start=clinic.day(7 + day)))
            for day, (browser, one) in enumerate(people)
        ],
        authorization=clinic.authorization.pk,
    )
    assert statuses(answers) == {302: 1, 409: 1}
    assert clinic.balance() == (4, 0, 4)


def test_twenty_want_one_practitioners_slot(clinic):
    for patient in (patients := clinic.patients(20)):
        clinic.authorize(patient=patient, units=4)
    opened = browsers(clinic, 20)
    form = booking_form(clinic, opened[0])
    answers = send_together(
        [
            (browser, another(form, patient=patient.pk))
            for browser, patient in zip(opened, patients, strict=True)
        ]
    )
    assert statuses(answers) == {302: 1, 409: 19}
    assert Appointment.objects.count() == 1


def test_one_form_sent_twenty_times(clinic):
    opened = browsers(clinic, 20)
    form = booking_form(clinic, opened[0])
    answers = send_together([(browser, form) for browser in opened])
    assert statuses(answers) == {302: 20}
    assert {answer["Location"] for answer in answers} == {answers[0]["Location"]}
    assert Appointment.objects.count() == 1
    assert clinic.balance() == (40, 0, 4)


def test_a_form_sent_again_gets_its_answer_although_the_units_are_gone():
    """Which authorization is best was found out the first time; the second has the same answer."""
    clinic = Clinic(units=4)
    clinic.authorize(units=4)
    (browser,) = browsers(clinic, 1)
    form = booking_form(clinic, browser)
    first, second = form.send(browser), form.send(browser)
    assert (first.status_code, second.status_code) == (302, 302)
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize("people", [2, 20])
def test_many_cancel_at_once(clinic, people):
    booked = clinic.book()
    url = clinic.actor.url("scheduling:cancel", pk=booked.pk)
    sends = [
        (browser, open_form(browser, url, having="reason")) for browser in browsers(clinic, people)
    ]
    answers = send_together(sends, reason="The family is ill")
    assert statuses(answers) == {302: 1, 409: people - 1}
    assert clinic.balance() == (40, 0, 0)


def test_cancel_against_complete(clinic):
    booked = clinic.book_today()
    cancel, complete = (
        clinic.actor.url(f"scheduling:{name}", pk=booked.pk) for name in ("cancel", "complete")
    )
    now = clinic.organization.local(clinic.now())
    sends = []
    for number, browser in enumerate(browsers(clinic, 10)):
        if number % 2:
            form = open_form(browser, cancel, having="reason")
        else:
            form = open_form(browser, complete, having="ended_at")
            form.values |= {
                "started_at": f"{clinic.organization.local(now - HOUR):%Y-%m-%dT%H:%M}",
                "ended_at": f"{now:%Y-%m-%dT%H:%M}",
            }
        sends.append((browser, form))
    answers = send_together(sends)
    assert statuses(answers) == {302: 1, 409: 9}
    is_completed = Appointment.objects.get().status == Status.COMPLETED
    assert clinic.balance() == (40, 4 if is_completed else 0, 0)


def test_ten_move_one_appointment(clinic):
    """All saw the same version: the first moves it, the others are refused as stale."""
    booked = clinic.book()
    url = clinic.actor.url("scheduling:reschedule", pk=booked.pk)
    sends = []
    for number, browser in enumerate(browsers(clinic, 10)):
        form = open_form(browser, url, having="version")
        form.values["day"] = f"{clinic.day(8 + number):%Y-%m-%d}"
        sends.append((browser, form))
    answers = send_together(sends)
    assert statuses(answers) == {302: 1, 409: 9}
    assert clinic.balance() == (40, 0, 4)


def test_reschedule_against_cancel(clinic):
    """In either order, no move restores a cancelled one, and none is cancelled twice."""
    booked = clinic.book()
    cancel, move = (
        clinic.actor.url(f"scheduling:{name}", pk=booked.pk) for name in ("cancel", "reschedule")
    )
    sends = []
    for number, browser in enumerate(browsers(clinic, 6)):
        if number % 2:
            form = open_form(browser, cancel, having="reason")
        else:
            form = open_form(browser, move, having="version")
            form.values["day"] = f"{clinic.day(8 + number):%Y-%m-%d}"
        sends.append((browser, form))
    answers = send_together(sends)
    assert set(statuses(answers)) <= {302, 409}
    done = [number for number, answer in enumerate(answers) if answer.status_code == 302]
    cancels = [number for number in done if number % 2]
    assert len(cancels) <= 1
    assert 1 <= len(done) <= 2
    is_cancelled = Appointment.objects.get().status == Status.CANCELLED
    assert is_cancelled == bool(cancels)
    assert clinic.balance() == (40, 0, 0 if is_cancelled else 4)
