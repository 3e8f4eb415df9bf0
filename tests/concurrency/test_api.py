"""The same races by programs: many calls of the API at the same moment."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.http import HttpResponse

from accounts.api_keys import services as api_keys
from accounts.models.api import SCOPES
from accounts.roles import Role
from scheduling.models import Appointment, Status
from tests.api.client import ApiClient, error
from tests.concurrency.clinic import HOUR, Clinic
from tests.concurrency.race import race


def program(clinic: Clinic) -> ApiClient:
    key = api_keys.create(actor=clinic.actor, name="Intake", scopes=list(SCOPES), role=Role.ADMIN)
    return ApiClient(key.secret)


def wanted(clinic: Clinic, **changes: Any) -> dict[str, Any]:
    starts_at = changes.pop("starts_at", clinic.day(7))
    return {
        "patient_id": clinic.patient.pk,
        "practitioner_id": clinic.practitioner.pk,
        "service_code_id": clinic.service.pk,
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + HOUR).isoformat(),
        **changes,
    }


def statuses(answers: list[HttpResponse]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


@pytest.mark.parametrize("keyed", [True, False], ids=["with keys", "without keys"])
def test_fifty_book_where_seven_fit(keyed):
    clinic = Clinic(units=28)
    api = program(clinic)
    bodies = [
        wanted(
            clinic,
            practitioner_id=practitioner.pk,
            authorization_id=clinic.authorization.pk,
            starts_at=clinic.day(7 + number % 25, hour=8 + number // 25),
        )
        for number, practitioner in enumerate(clinic.practitioners(50))
    ]
    answers = race(
        [
            lambda body=body, key=f"booking-{number}": api.post(
                "appointments", body, **({"Idempotency_Key": key} if keyed else {})
            )
            for number, body in enumerate(bodies)
        ]
    ).each
    assert statuses(answers) == {201: 7, 409: 43}
    for answer in answers:
        if answer.status_code == 409:
            refused = error(answer)
            assert refused["code"] == "not_enough_units"
            assert (refused["needed"], refused["available"]) == (4, 0)
    assert clinic.balance() == (28, 0, 28)
    assert Appointment.objects.count() == 7


def test_twenty_sends_of_one_booking_with_one_key(clinic):
    api, body = program(clinic), wanted(clinic)
    send = lambda: api.post("appointments", body, Idempotency_Key="once")  # noqa: E731
    answers = race([send] * 20).each
    booked = [answer for answer in answers if answer.status_code == 201]
    assert booked
    assert {answer.content for answer in booked} == {booked[0].content}
    for answer in answers:
        if answer.status_code != 201:
            assert answer.status_code == 409
            assert error(answer)["code"] == "idempotency_key_in_flight"
    assert Appointment.objects.count() == 1
    assert clinic.balance() == (40, 0, 4)
    again = send()
    assert (again.content, again["Idempotent-Replayed"]) == (booked[0].content, "true")


def test_twenty_want_one_slot(clinic):
    api = program(clinic)
    patients = clinic.patients(20)
    bodies = [wanted(clinic, patient_id=one.pk, is_private_pay=True) for one in patients]
    answers = race([lambda body=body: api.post("appointments", body) for body in bodies]).each
    assert statuses(answers) == {201: 1, 409: 19}
    refused = {error(answer)["code"] for answer in answers if answer.status_code == 409}
    assert refused == {"practitioner_not_free"}


def test_twenty_cancel_at_once(clinic):
    api, booked = program(clinic), clinic.book()
    answers = race([lambda: api.post(f"appointments/{booked.pk}/cancel")] * 20).each
    assert statuses(answers) == {200: 1, 409: 19}
    assert Appointment.objects.get().status == Status.CANCELLED
    assert clinic.balance() == (40, 0, 0)


def test_of_two_kinds_of_change_at_once_none_is_lost(clinic):
    """Each changes one field and keeps the others as they are then, not as they were."""
    api, booked = program(clinic), clinic.book()
    (practitioner,) = clinic.practitioners(1)
    changes = [
        {"starts_at": clinic.day(9).isoformat()},
        {"practitioner_id": practitioner.pk},
        {"is_private_pay": True},
    ]
    url = f"appointments/{booked.pk}"
    answers = race([lambda body=body: api.patch(url, body) for body in changes]).each
    assert statuses(answers) == {200: 3}
    booked.refresh_from_db()
    assert (booked.starts_at, booked.practitioner) == (clinic.day(9), practitioner)
    assert booked.authorization is None
    assert clinic.balance() == (40, 0, 0)


def test_ten_reschedule_with_one_version(clinic):
    api, booked = program(clinic), clinic.book()
    url = f"appointments/{booked.pk}/reschedule"
    bodies = [{"starts_at": clinic.day(8 + day).isoformat(), "version": 1} for day in range(10)]
    answers = race([lambda body=body: api.post(url, body) for body in bodies]).each
    assert statuses(answers) == {200: 1, 409: 9}
    assert {error(one)["code"] for one in answers if one.status_code == 409} == {"stale"}
    assert clinic.balance() == (40, 0, 4)
