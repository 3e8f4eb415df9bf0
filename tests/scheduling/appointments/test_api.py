"""Appointments over the API: booked, moved, cancelled and put back, with their units."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from accounts.models import Event
from accounts.roles import Role
from billing.ledger import replay
from scheduling.models import Appointment, Status
from tests import factories
from tests.api.client import ApiClient, error
from tests.api.desk import HOUR, Desk

NOW = "2026-06-10T09:00:00-05:00"  # a Wednesday morning in the clinic's Chicago


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def desk(clinic) -> Desk:
    return Desk(clinic)


def test_booking_reserves_the_units_of_the_best_authorization(api, desk) -> None:
    answer = api.post("appointments", desk.wanted(room_id=desk.room.pk))
    assert answer.status_code == 201
    booked = answer.json()
    assert booked["status"] == "scheduled"
    assert (booked["authorization_id"], booked["units"]) == (desk.authorization.pk, 4)
    assert booked["is_private_pay"] is False
    assert (booked["room_id"], booked["location_id"]) == (desk.room.pk, desk.room.location_id)
    assert booked["starts_at"] == "2026-06-11T15:00:00Z"
    assert desk.units() == (20, 0, 4)
    assert answer["Location"].endswith(f"/api/v1/appointments/{booked['id']}")
    read = api.get(f"appointments/{booked['id']}")
    assert read.json() == booked
    assert read["ETag"] == answer["ETag"]
    assert replay.differences() == []


def test_private_pay_reserves_no_units(api, desk) -> None:
    booked = api.post("appointments", desk.wanted(is_private_pay=True)).json()
    assert (booked["is_private_pay"], booked["authorization_id"]) == (True, None)
    assert booked["reservation_id"] is None
    assert desk.units() == (20, 0, 0)


@pytest.mark.parametrize(
    ("changes", "status", "code", "attr"),
    [
        ({"ends_at": "2026-06-11T09:00:00-05:00"}, 400, "ends_before_start", "ends_at"),
        ({"starts_at": "2026-06-09T10:00:00-05:00"}, 400, "too_long", "ends_at"),
        ({"starts_at": "2026-06-11T10:00:00"}, 400, "offset", "starts_at"),
        ({"ends_at": "2026-06-11T10:05:00-05:00"}, 400, "too_short", "ends_at"),
        ({"patient_id": "101"}, 400, "incorrect_type", "patient_id"),
        ({"practitioner_id": 0}, 400, "does_not_exist", "practitioner_id"),
        ({"units": 2}, 400, "unknown_field", "units"),
        ({"is_private_pay": False}, 201, None, None),
    ],
)
def test_what_a_booking_may_say(api, desk, changes, status, code, attr) -> None:
    answer = api.post("appointments", {**desk.wanted(), **changes})
    assert answer.status_code == status
    if code:
        assert (error(answer)["code"], error(answer)["attr"]) == (code, attr)
        assert not Appointment.objects.exists()
        assert desk.units() == (20, 0, 0)


def test_private_pay_uses_no_authorization(api, desk) -> None:
    both = {"is_private_pay": True, "authorization_id": desk.authorization.pk}
    answer = api.post("appointments", desk.wanted(**both))
    assert (answer.status_code, error(answer)["attr"]) == (400, "is_private_pay")


def test_refusals_have_their_figures(api, desk) -> None:
    booked = desk.book()
    taken = api.post("appointments", desk.wanted())
    assert (taken.status_code, error(taken)["code"]) == (409, "practitioner_not_free")
    assert error(taken)["appointment"] == booked.pk
    later = desk.at(2)
    long = desk.wanted(later, ends_at=(later + 5 * HOUR).isoformat())
    refused = api.post("appointments", {**long, "authorization_id": desk.authorization.pk})
    assert (refused.status_code, error(refused)["code"]) == (409, "not_enough_units")
    assert (error(refused)["needed"], error(refused)["available"]) == (20, 16)
    desk.practitioner.is_active = False
    desk.practitioner.save()
    inactive = error(api.post("appointments", desk.wanted(later)))
    assert (inactive["code"], inactive["attr"]) == ("practitioner_inactive", "practitioner_id")


def test_anothers_people_and_rooms_are_not_there(api, desk) -> None:
    stranger = Desk(factories.OrganizationFactory())
    theirs = {
        "patient_id": stranger.patient,
        "practitioner_id": stranger.practitioner,
        "service_code_id": stranger.service,
        "authorization_id": stranger.authorization,
        "room_id": stranger.room,
        "location_id": stranger.room.location,
    }
    for name, row in theirs.items():
        answer = api.post("appointments", desk.wanted(**{name: row.pk}))
        assert (answer.status_code, error(answer)["attr"]) == (400, name)
        assert error(answer)["code"] == "does_not_exist"
    booked = stranger.book()
    assert api.get(f"appointments/{booked.pk}").status_code == 404
    assert api.post(f"appointments/{booked.pk}/cancel").status_code == 404
    assert not Appointment.objects.of(desk.clinic).exists()


def test_administrators_book_over_what_is_in_the_way(api, new_key, desk) -> None:
    desk.book()
    body = desk.wanted(override_reason="The sibling joins", is_private_pay=True)
    over = api.post("appointments", body)
    assert over.status_code == 201
    assert over.json()["override_reason"] == "The sibling joins"
    practitioner = ApiClient(new_key(Role.PRACTITIONER, practitioner=desk.practitioner).secret)
    refused = practitioner.post("appointments", body)
    assert (refused.status_code, error(refused)["code"]) == (403, "role_not_allowed")


def test_a_change_keeps_what_it_does_not_name(api, desk) -> None:
    booked = desk.book(room=desk.room)
    url = f"appointments/{booked.pk}"
    read = api.get(url)
    moved = api.patch(url, {"starts_at": desk.at(2).isoformat()}, If_Match=read["ETag"])
    assert moved.status_code == 200
    same = {"room_id", "location_id", "practitioner_id", "authorization_id", "units", "status"}
    assert all(moved.json()[name] == read.json()[name] for name in same)
    assert moved.json()["ends_at"] == "2026-06-12T16:00:00Z"
    assert moved.json()["version"] == read.json()["version"] + 1
    lost = api.patch(url, {"room_id": None}, If_Match=read["ETag"])
    assert (lost.status_code, error(lost)["code"]) == (412, "stale")
    free = api.patch(url, {"room_id": None}).json()
    assert (free["room_id"], free["location_id"]) == (None, desk.room.location_id)
    elsewhere = factories.RoomFactory(organization=desk.clinic)
    changed = api.patch(url, {"room_id": elsewhere.pk}).json()
    assert changed["location_id"] == elsewhere.location_id
    refused = api.patch(url, {"location_id": desk.room.location_id})
    assert (refused.status_code, error(refused)["code"]) == (400, "room_elsewhere")
    assert error(refused)["attr"] == "room_id"
    assert desk.units() == (20, 0, 4)


def test_a_change_moves_the_units(api, desk) -> None:
    booked = desk.book()
    url = f"appointments/{booked.pk}"
    longer = {"ends_at": (booked.starts_at + 2 * HOUR).isoformat()}
    assert api.patch(url, longer).json()["units"] == 8
    assert desk.units() == (20, 0, 8)
    assert api.patch(url, {"is_private_pay": True}).json()["authorization_id"] is None
    assert desk.units() == (20, 0, 0)
    unclear = api.patch(url, {"is_private_pay": False})
    assert (unclear.status_code, error(unclear)["attr"]) == (400, "is_private_pay")
    best = api.patch(url, {"is_private_pay": False, "authorization_id": None}).json()
    assert best["authorization_id"] == desk.authorization.pk
    assert desk.units() == (20, 0, 8)
    assert replay.differences() == []


@pytest.mark.parametrize("field", ["status", "patient_id", "units", "version_", "cancelled_by"])
def test_a_change_does_not_reach_the_status(api, desk, field) -> None:
    booked = desk.book()
    answer = api.patch(f"appointments/{booked.pk}", {field: 1})
    assert (answer.status_code, error(answer)["code"]) == (400, "unknown_field")


def test_reschedule(api, desk) -> None:
    booked = desk.book()
    url = f"appointments/{booked.pk}/reschedule"
    moved = api.post(url, {"starts_at": desk.at(3, hour=14).isoformat(), "version": 1})
    assert (moved.status_code, moved.json()["ends_at"]) == (200, "2026-06-13T20:00:00Z")
    stale = api.post(url, {"starts_at": desk.at(4).isoformat(), "version": 1})
    assert (stale.status_code, error(stale)["code"]) == (409, "stale")
    assert error(api.post(url, {}))["attr"] == "starts_at"
    assert desk.units() == (20, 0, 4)


def test_an_appointment_from_booking_to_completion_and_reopening(api, desk) -> None:
    booked = desk.book(desk.at(0, hour=9))
    url = f"appointments/{booked.pk}"
    for deed, status in [
        ("confirm", "confirmed"),
        ("check-in", "arrived"),
        ("start", "in_progress"),
    ]:
        answer = api.post(f"{url}/{deed}")
        assert (answer.status_code, answer.json()["status"]) == (200, status)
    times = {"started_at": "2026-06-10T08:00:00-05:00", "ended_at": "2026-06-10T08:45:00-05:00"}
    completed = api.post(f"{url}/complete", times)
    assert completed.status_code == 200
    assert (completed.json()["units"], completed.json()["minutes"]) == (3, 45)
    assert desk.units() == (20, 3, 0)
    again = api.post(f"{url}/complete", times)
    assert (again.status_code, error(again)["code"]) == (409, "unlawful_transition")
    assert (error(again)["status"], error(again)["wanted"]) == ("completed", "completed")
    reopened = api.post(f"{url}/reopen", {"reason": "It ended later"})
    assert reopened.json()["status"] == "in_progress"
    assert desk.units() == (20, 0, 3)
    assert replay.differences() == []


def test_cancelling_and_restoring(api, desk) -> None:
    booked = desk.book()
    url = f"appointments/{booked.pk}"
    body = {"reason": "The family is ill", "cancelled_by": "patient", "version": 1}
    cancelled = api.post(f"{url}/cancel", body).json()
    assert (cancelled["status"], cancelled["cancelled_by"]) == ("cancelled", "patient")
    assert (cancelled["cancelled_late"], cancelled["cancel_reason"]) == (False, body["reason"])
    assert desk.units() == (20, 0, 0)
    assert error(api.post(f"{url}/cancel"))["code"] == "unlawful_transition"
    restored = api.post(f"{url}/restore").json()
    assert (restored["status"], restored["cancelled_by"]) == ("scheduled", "")
    assert desk.units() == (20, 0, 4)


def test_undoing_a_check_in(api, desk) -> None:
    booked = desk.book()
    url = f"appointments/{booked.pk}"
    with time_machine.travel(booked.starts_at):
        assert api.post(f"{url}/check-in").json()["status"] == "arrived"
        assert api.post(f"{url}/restore").json()["status"] == "scheduled"
        assert error(api.post(f"{url}/restore"))["code"] == "unlawful_transition"
    assert desk.units() == (20, 0, 4)


def test_no_show_waits_for_the_time(api, desk) -> None:
    booked = desk.book()
    early = api.post(f"appointments/{booked.pk}/no-show")
    assert (early.status_code, error(early)["code"]) == (409, "not_begun")
    with time_machine.travel(booked.starts_at + timedelta(minutes=20)):
        answer = api.post(f"appointments/{booked.pk}/no-show")
    assert answer.json()["status"] == "no_show"
    assert desk.units() == (20, 0, 0)


@pytest.mark.parametrize("deed", ["confirm", "check-in", "start", "no-show", "restore", "cancel"])
def test_an_action_rejects_unknown_fields(api, desk, deed) -> None:
    booked = desk.book()
    answer = api.post(f"appointments/{booked.pk}/{deed}", {"status": "completed"})
    assert (answer.status_code, error(answer)["code"]) == (400, "unknown_field")
    booked.refresh_from_db()
    assert booked.status == Status.SCHEDULED


def test_practitioners_reach_their_own_appointments(new_key, desk) -> None:
    colleague = factories.PractitionerFactory(organization=desk.clinic)
    booked = desk.book()
    factories.CareTeamMemberFactory(
        organization=desk.clinic, patient=desk.patient, practitioner=colleague
    )
    client = ApiClient(new_key(Role.PRACTITIONER, practitioner=colleague).secret)
    assert client.get(f"appointments/{booked.pk}").status_code == 200
    refused = client.post(f"appointments/{booked.pk}/cancel")
    assert (refused.status_code, error(refused)["code"]) == (403, "not_own_appointment")
    into = client.post("appointments", desk.wanted(desk.at(2)))
    assert (into.status_code, error(into)["code"]) == (403, "not_own_calendar")
    own = client.post("appointments", desk.wanted(desk.at(2), practitioner_id=colleague.pk))
    assert own.status_code == 201
    other = factories.PatientFactory(organization=desk.clinic)
    unknown = client.post("appointments", desk.wanted(patient_id=other.pk))
    assert (unknown.status_code, error(unknown)["attr"]) == (400, "patient_id")


def test_viewers_read_only(new_key, desk) -> None:
    booked = desk.book()
    client = ApiClient(new_key(Role.VIEWER).secret)
    assert client.get("appointments").json()["count"] == 1
    for path in ("appointments", f"appointments/{booked.pk}/cancel", "appointments/preview"):
        refused = client.post(path, {})
        assert (refused.status_code, error(refused)["code"]) == (403, "role_not_allowed")


def test_a_patients_app_shows_their_own_without_the_staffs_reasons(new_app, desk) -> None:
    member = factories.MembershipFactory(organization=desk.clinic, role=Role.PATIENT)
    desk.patient.user = member.user
    desk.patient.save()
    desk.book()
    stranger = factories.PatientFactory(organization=desk.clinic)
    mine = desk.book(authorization=None, override_reason="The other family agreed")
    other = desk.book(desk.at(2), authorization=None, patient=stranger)
    client = new_app(member.user)
    assert client.get("appointments").json()["count"] == 2
    assert client.get(f"appointments/{mine.pk}").json()["override_reason"] == ""
    assert client.get(f"appointments/{other.pk}").status_code == 404
    assert client.post(f"appointments/{mine.pk}/confirm").json()["status"] == "confirmed"
    ended = client.post(f"appointments/{mine.pk}/cancel", {"cancelled_by": "clinic"}).json()
    assert (ended["cancelled_by"], ended["cancel_reason"]) == ("patient", "")
    refused = client.post(f"appointments/{mine.pk}/restore")
    assert (refused.status_code, error(refused)["code"]) == (403, "role_not_allowed")


def test_events_of_a_key_name_the_key(api, desk) -> None:
    made = api.post("appointments", desk.wanted()).json()
    event = Event.objects.get(action="appointment.booked")
    assert (event.object_id, event.actor, event.channel) == (made["id"], None, "api")
    assert event.api_key is not None
