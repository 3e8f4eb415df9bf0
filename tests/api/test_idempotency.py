"""One key, one effect: at once, after a crash, by others, with another body, and a day later."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.utils import timezone

from accounts import tasks
from accounts.api import rendering
from accounts.api_keys import services as api_keys
from accounts.models import ApiAnswer, ApiKey, ApiUsage, Event, Patient, WebhookDelivery
from accounts.models.api import SCOPES
from accounts.roles import Role
from accounts.webhooks import services as webhooks
from accounts.writes import idempotent_answers
from billing.ledger.api import ReservationOutput
from billing.models import LedgerEntry, Reservation
from tests import factories
from tests.api.client import ApiClient, error
from tests.concurrency.clinic import Clinic
from tests.concurrency.consistency import problems
from tests.concurrency.guards import taken_out
from tests.concurrency.race import race
from tests.concurrency.test_controls import wait_for_all
from tests.concurrency.test_killed import lives

NEW = {"legal_first_name": "Ada", "legal_last_name": "Moreno", "date_of_birth": "2016-05-04"}
READ_COMMITTED = "read committed"
OF_EACH = {
    *("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"),
    *("idempotent-replayed", "x-request-id"),
}


@pytest.fixture(params=[READ_COMMITTED, pytest.param("serializable", marks=pytest.mark.slow)])
def isolation(request: pytest.FixtureRequest, settings: Any) -> str:
    settings.UNIT_LEDGER_ISOLATION = request.param
    return str(request.param)


@pytest.fixture
def clinic(transactional_db: None, isolation: str) -> Iterator[Clinic]:
    """Where requests really commit; the books are checked afterwards."""
    yield Clinic(units=40)
    assert problems() == []


def program(clinic: Clinic, name: str = "Intake") -> ApiClient:
    key = api_keys.create(actor=clinic.actor, name=name, scopes=list(SCOPES), role=Role.ADMIN)
    return ApiClient(key.secret)


def reservation(clinic: Clinic, units: int = 4, **changes: Any) -> tuple[str, dict[str, Any]]:
    body = {
        "patient_id": clinic.patient.pk,
        "service_code_id": clinic.service.pk,
        "units": units,
        "date_of_service": f"{clinic.organization.today()}",
        "source": "intake:88",
        **changes,
    }
    return f"authorizations/{clinic.authorization.pk}/reserve", body


def same(one: HttpResponse, other: HttpResponse) -> bool:
    kept = [(found.status_code, found.content, headers_of(found)) for found in (one, other)]
    return kept[0] == kept[1]


def headers_of(answer: HttpResponse) -> dict[str, str]:
    """Without those that each request has for itself."""
    found = {name.lower(): value for name, value in answer.headers.items()}
    return {name: value for name, value in found.items() if name not in OF_EACH}


def is_replay(answer: HttpResponse) -> bool:
    return answer.get("Idempotent-Replayed") == "true"


# At once


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_fifty_at_once_have_one_effect(clinic, method) -> None:
    api = program(clinic)
    patient = clinic.patient
    member = factories.CareTeamMemberFactory(organization=clinic.organization, patient=patient)
    path, body, action = {
        "POST": (*reservation(clinic), "unit.reserved"),
        "PATCH": (f"patients/{patient.pk}", {"phone": "312-555-0199"}, "patient.updated"),
        "DELETE": (f"care-team/{member.pk}", None, "care_team.removed"),
    }[method]
    answers = race([lambda: api.send(method, path, body, Idempotency_Key="k")] * 50).each
    assert Event.objects.filter(action=action).count() == 1
    done = [one for one in answers if one.status_code < 300]
    assert done
    assert all(same(one, done[0]) for one in done)
    assert sum(not is_replay(one) for one in done) == 1
    for one in answers:
        if one not in done:
            assert (one.status_code, error(one)["code"]) == (409, "idempotency_key_in_flight")
    again = api.send(method, path, body, Idempotency_Key="k")
    assert same(again, done[0])
    assert is_replay(again)


def test_another_credentials_key_is_another_key(clinic) -> None:
    apis = [program(clinic, f"Intake {number}") for number in range(4)]
    calls = [lambda api=api: api.post("patients", NEW, Idempotency_Key="k") for api in apis]
    answers = race(calls).each
    assert [one.status_code for one in answers] == [201] * 4
    assert not any(map(is_replay, answers))
    assert Patient.objects.filter(legal_first_name="Ada").count() == 4


def lock_nothing(monkeypatch: pytest.MonkeyPatch, people: int) -> None:
    """Without the advisory lock; everybody has looked for an answer before anybody acts."""
    all_have_looked = threading.Barrier(people)
    run_and_keep = idempotent_answers._keep

    def keep(*args: Any, **about: Any) -> None:
        wait_for_all(all_have_looked)
        run_and_keep(*args, **about)

    look = idempotent_answers.LOOK.replace(
        "pg_try_advisory_xact_lock(%s, %s)", "(%s, %s) IS NOT NULL"
    )
    assert look != idempotent_answers.LOOK
    monkeypatch.setattr(idempotent_answers, "LOOK", look)
    monkeypatch.setattr(idempotent_answers, "_keep", keep)


def test_the_unique_key_alone_lets_one_through(clinic, monkeypatch) -> None:
    api = program(clinic)
    lock_nothing(monkeypatch, people=5)
    answers = race([lambda: api.post("patients", NEW, Idempotency_Key="k")] * 5).each
    assert [one.status_code for one in answers] == [201] * 5
    assert all(same(one, answers[0]) for one in answers)
    assert Patient.objects.filter(legal_first_name="Ada").count() == 1


def test_the_unique_key_alone_keeps_what_was_answered_first(clinic, monkeypatch) -> None:
    """The others meet a rule too: what they are answered is what the first one was."""
    api, (path, body) = program(clinic), reservation(clinic)
    lock_nothing(monkeypatch, people=5)
    answers = race([lambda: api.post(path, body, Idempotency_Key="k")] * 5).each
    assert [one.status_code for one in answers] == [201] * 5
    assert clinic.balance() == (40, 0, 4)


@pytest.mark.parametrize("isolation", [READ_COMMITTED], indirect=True)
def test_without_either_a_key_has_two_effects(clinic, monkeypatch) -> None:
    """The control: serializable transactions would be a guard of their own."""
    lock_nothing(monkeypatch, people=2)
    with taken_out("api_answer_once"):
        clinic = Clinic()
        api, path = program(clinic), "patients"
        answers = race([lambda: api.post(path, NEW, Idempotency_Key="k")] * 2).each
        assert [one.status_code for one in answers] == [201, 201]
        assert Patient.objects.filter(legal_first_name="Ada").count() == 2


# Crashes


def everything() -> list[Any]:
    kept = (ApiAnswer, Event, LedgerEntry, Reservation, WebhookDelivery)
    return [list(model.objects.order_by("pk").values()) for model in kept]


def test_killed_at_any_step_and_tried_again(clinic) -> None:
    """All of it or nothing at each step; once it is done, the retry gets the first answer."""
    api, (path, body) = program(clinic), reservation(clinic)
    url = "https://203.0.114.7/"
    webhooks.create(actor=clinic.actor, url=url, event_types=["unit.reserved"])
    before = everything()

    def send() -> HttpResponse:
        return api.post(path, body, Idempotency_Key="k")

    for step in itertools.count(1):
        assert not lives(send, killed_at=step), "it never came to a commit"
        if everything() != before:
            break
    assert step > 8
    assert clinic.balance() == (40, 0, 4)
    assert WebhookDelivery.objects.get().event_type == "unit.reserved"
    again = send()
    assert (again.status_code, is_replay(again)) == (201, True)
    assert again.json()["id"] == Reservation.objects.get().pk
    assert same(again, send())
    assert clinic.balance() == (40, 0, 4)


def test_killed_before_the_commit_and_tried_again(clinic) -> None:
    api, (path, body) = program(clinic), reservation(clinic)
    assert not lives(lambda: api.post(path, body, Idempotency_Key="k"), killed_at=8)
    assert (ApiAnswer.objects.count(), Reservation.objects.count()) == (0, 0)
    again = api.post(path, body, Idempotency_Key="k")
    assert (again.status_code, is_replay(again)) == (201, False)
    assert clinic.balance() == (40, 0, 4)


def test_an_answer_lost_behind_the_commit_is_given_again(clinic, monkeypatch) -> None:
    api, (path, body) = program(clinic), reservation(clinic)
    with monkeypatch.context() as patch:
        patch.setattr(rendering, "add_headers", lambda *_: 1 / 0)
        assert api.post(path, body, Idempotency_Key="k").status_code == 500
    assert clinic.balance() == (40, 0, 4)
    again = api.post(path, body, Idempotency_Key="k")
    assert (again.status_code, is_replay(again)) == (201, True)
    assert clinic.balance() == (40, 0, 4)


def test_a_fault_of_ours_is_not_kept(clinic, monkeypatch) -> None:
    """What was written before the error is rolled back, and the retry succeeds."""
    api, (path, body) = program(clinic), reservation(clinic)
    with monkeypatch.context() as patch:
        patch.setattr(ReservationOutput, "to_representation", lambda *_: 1 / 0)
        broken = api.post(path, body, Idempotency_Key="k")
    assert (broken.status_code, broken.json()["type"]) == (500, "server_error")
    assert clinic.balance() == (40, 0, 0)
    again = api.post(path, body, Idempotency_Key="k")
    assert (again.status_code, is_replay(again)) == (201, False)
    assert clinic.balance() == (40, 0, 4)


# What a key stands for


@pytest.mark.parametrize("other", ["body", "address", "method"])
def test_a_key_is_for_one_request(clinic, other) -> None:
    api, (path, body) = program(clinic), reservation(clinic)
    assert api.post(path, body, Idempotency_Key="k").status_code == 201
    method, path, body = {
        "body": ("POST", path, {**body, "units": 3}),
        "address": ("POST", "patients", body),
        "method": ("PATCH", f"authorizations/{clinic.authorization.pk}", body),
    }[other]
    refused = api.send(method, path, body, Idempotency_Key="k")
    assert (refused.status_code, error(refused)["code"]) == (422, "idempotency_key_reused")
    assert clinic.balance() == (40, 0, 4)


def test_a_refusal_is_given_again_when_its_reason_has_gone(clinic) -> None:
    api, (path, body) = program(clinic), reservation(clinic, units=44)
    refused = api.post(path, body, Idempotency_Key="k")
    assert (refused.status_code, error(refused)["code"]) == (409, "not_enough_units")
    factories.grant_units(clinic.authorization, 40)
    again = api.post(path, body, Idempotency_Key="k")
    assert same(again, refused)
    assert is_replay(again)
    assert api.post(path, body, Idempotency_Key="another").status_code == 201


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [("patients", {}, 400), ("patients", b"{", 400), ("payers/1/deactivate", {}, 404)],
)
def test_other_refusals_are_given_again_too(clinic, path, body, status) -> None:
    api = program(clinic)
    refused, again = (api.post(path, body, Idempotency_Key="k") for _ in range(2))
    assert refused.status_code == status
    assert same(again, refused)
    assert is_replay(again)


def test_a_refused_request_leaves_nothing_but_its_answer(clinic) -> None:
    api, (path, body) = program(clinic), reservation(clinic, units=44)
    before = everything()
    api.post(path, body, Idempotency_Key="k")
    assert everything()[1:] == before[1:]


@pytest.mark.parametrize("key", ["", " ", "k" * 256, "caf\u00e9", "a\tb"])
def test_what_is_no_key_is_refused(clinic, key) -> None:
    refused = program(clinic).post("patients", NEW, Idempotency_Key=key)
    assert (refused.status_code, error(refused)["code"]) == (400, "idempotency_key_invalid")
    assert not Patient.objects.filter(legal_first_name="Ada").exists()


def test_what_is_kept_is_sealed(clinic) -> None:
    """Some answers contain a secret that is shown once."""
    api, key = program(clinic), ApiKey.objects.get()
    made = api.post(f"api-keys/{key.pk}/rotate", {"overlap_hours": 1}, Idempotency_Key="k")
    kept = bytes(ApiAnswer.objects.get().content)
    assert made.json()["secret"].encode() not in kept
    assert made.json()["prefix"].encode() not in kept


# How long


def test_a_day_later_the_key_is_forgotten(clinic) -> None:
    api = program(clinic)
    first = api.post("patients", NEW, Idempotency_Key="k")
    with time_machine.travel(timezone.now() + timedelta(hours=23, minutes=59)):
        assert same(api.post("patients", NEW, Idempotency_Key="k"), first)
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1)):
        later = api.post("patients", NEW, Idempotency_Key="k")
        assert (later.status_code, is_replay(later)) == (201, False)
        assert same(api.post("patients", NEW, Idempotency_Key="k"), later)
    assert Patient.objects.filter(legal_first_name="Ada").count() == 2


def test_sweeping_takes_answers_and_counts_of_a_day_ago(clinic) -> None:
    api, (path, body) = program(clinic), reservation(clinic)
    first = api.post(path, body, Idempotency_Key="k")
    with time_machine.travel(timezone.now() + timedelta(hours=23)):
        tasks.sweep.func(timestamp=0)
        assert same(api.post(path, body, Idempotency_Key="k"), first)
        assert ApiUsage.objects.count() == 2
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        tasks.sweep.func(timestamp=0)
        assert not ApiAnswer.objects.exists()
        assert ApiUsage.objects.count() == 1


def test_a_retry_of_an_update_is_no_lost_update(clinic) -> None:
    """Its tag is of before the first attempt, which is what was answered."""
    api, path = program(clinic), f"patients/{clinic.patient.pk}"
    sent = {"If_Match": api.get(path)["ETag"], "Idempotency_Key": "k"}
    first, again = (api.patch(path, {"phone": "312-555-0199"}, **sent) for _ in range(2))
    assert first.status_code == 200
    assert same(again, first)
