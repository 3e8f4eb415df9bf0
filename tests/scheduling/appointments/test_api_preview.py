"""The dry run: what booking and changing would do, in their own codes and figures."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
import time_machine

from accounts.models import Event
from accounts.roles import Role
from billing.models import LedgerEntry
from scheduling.models import Appointment
from tests import factories
from tests.api.client import ApiClient, error
from tests.api.desk import HOUR, Desk

NOW = "2026-06-10T09:00:00-05:00"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk(clinic) -> Desk:
    return Desk(clinic)


def written() -> tuple[Any, ...]:
    balances = LedgerEntry.objects.order_by("id").values_list("id", "total_after")
    rows = Appointment.objects.order_by("id").values_list()
    told = Event.objects.exclude(action="patient.viewed").count()
    return list(balances), list(rows), told


def test_states_the_units_after_booking_and_writes_nothing(api, desk) -> None:
    before = written()
    answer = api.post("appointments/preview", desk.wanted())
    assert answer.status_code == 200
    assert answer.json() == {
        "is_possible": True,
        "date_of_service": "2026-06-11",
        "is_out_of_hours": False,
        "units": 4,
        "authorization_id": desk.authorization.pk,
        "before": {"total": 20, "used": 0, "reserved": 0, "available": 20},
        "after": {"total": 20, "used": 0, "reserved": 4, "available": 16},
        "conflicts": [],
        "refusals": [],
    }
    assert written() == before
    api.post("appointments", desk.wanted())
    assert desk.units() == (20, 0, 4)


def test_reports_closed_hours_without_refusing(api, desk) -> None:
    desk.clinic.closes_at = time(10, 30)
    desk.clinic.save(update_fields=["closes_at"])
    seen = api.post("appointments/preview", desk.wanted()).json()
    assert (seen["is_out_of_hours"], seen["is_possible"], seen["refusals"]) == (True, True, [])
    assert api.post("appointments", desk.wanted()).status_code == 201


def test_private_pay_has_no_balance(api, desk) -> None:
    seen = api.post("appointments/preview", desk.wanted(is_private_pay=True)).json()
    assert seen["is_possible"] is True
    assert (seen["authorization_id"], seen["before"], seen["after"]) == (None, None, None)


def inactive(row: Any) -> int:
    row.is_active = False
    row.save(update_fields=["is_active"])
    return int(row.pk)


REFUSED = {
    "ends_before_start": lambda desk: {"ends_at": desk.at(0).isoformat()},
    "too_short": lambda desk: {"ends_at": desk.at().replace(minute=5).isoformat()},
    "too_long": lambda desk: {"ends_at": desk.at(3).isoformat()},
    "in_the_past": lambda desk: desk.wanted(desk.at(-1)),
    "too_far_ahead": lambda desk: desk.wanted(desk.at(800)),
    "outside_dates": lambda desk: {
        **desk.wanted(desk.at(200)),
        "authorization_id": desk.authorization.pk,
    },
    "not_enough_units": lambda desk: {"ends_at": (desk.at() + 6 * HOUR).isoformat()},
    "patient_inactive": lambda desk: {"patient_id": inactive(desk.patient)},
    "practitioner_inactive": lambda desk: {"practitioner_id": inactive(desk.practitioner)},
    "service_code_inactive": lambda desk: {"service_code_id": inactive(desk.service)},
    "room_inactive": lambda desk: {"room_id": inactive(desk.room)},
    "location_inactive": lambda desk: {"location_id": inactive(desk.room.location)},
    "room_elsewhere": lambda desk: {
        "room_id": desk.room.pk,
        "location_id": factories.LocationFactory(organization=desk.clinic).pk,
    },
    "service_not_covered": lambda desk: {
        "service_code_id": factories.ServiceCodeFactory(organization=desk.clinic).pk,
        "authorization_id": desk.authorization.pk,
    },
    "wrong_patient": lambda desk: {
        "patient_id": factories.PatientFactory(organization=desk.clinic).pk,
        "authorization_id": desk.authorization.pk,
    },
    "practitioner_not_free": lambda desk: {"practitioner_id": desk.book().practitioner_id},
}


@pytest.mark.parametrize("code", REFUSED)
def test_refuses_as_booking_does(api, desk, code) -> None:
    body = {**desk.wanted(), **REFUSED[code](desk)}
    before = written()
    seen = api.post("appointments/preview", body).json()
    assert written() == before
    assert (seen["is_possible"], seen["after"]) == (False, None)
    refused = error(api.post("appointments", body))
    assert refused["code"] == code
    (same,) = [one for one in [*seen["refusals"], *seen["conflicts"]] if one["code"] == code]
    assert {**same.pop("data"), **same} == refused


def test_what_the_input_refuses_is_refused(api, desk) -> None:
    answer = api.post("appointments/preview", {**desk.wanted(), "starts_at": "soon"})
    assert (answer.status_code, error(answer)["attr"]) == (400, "starts_at")


def test_booking_over_what_is_in_the_way(api, new_key, desk) -> None:
    desk.book()
    body = desk.wanted(override_reason="The sibling joins", is_private_pay=True)
    seen = api.post("appointments/preview", body).json()
    assert seen["is_possible"] is True
    assert {one["code"] for one in seen["conflicts"]} == {
        "practitioner_not_free",
        "patient_not_free",
    }
    key = new_key(Role.PRACTITIONER, practitioner=desk.practitioner)
    seen = ApiClient(key.secret).post("appointments/preview", body).json()
    assert seen["is_possible"] is False
    assert [one["code"] for one in seen["refusals"]] == ["role_not_allowed"]


def test_a_change_counts_its_own_units_once(api, desk) -> None:
    booked = desk.book()
    before = written()
    url = f"appointments/{booked.pk}/preview"
    longer = {"ends_at": (booked.starts_at + 5 * HOUR).isoformat()}
    seen = api.post(url, longer).json()
    assert (seen["is_possible"], seen["units"]) == (True, 20)
    assert seen["before"] == {"total": 20, "used": 0, "reserved": 4, "available": 16}
    assert seen["after"] == {"total": 20, "used": 0, "reserved": 20, "available": 0}
    kept = api.post(url).json()
    assert kept["after"] == kept["before"]
    assert written() == before
    api.patch(f"appointments/{booked.pk}", longer)
    assert desk.units() == (20, 0, 20)


def test_a_change_is_refused_as_changing_is(api, new_key, desk) -> None:
    booked = desk.book()
    later = {"starts_at": desk.at(2).isoformat()}
    other = factories.PractitionerFactory(organization=desk.clinic)
    factories.CareTeamMemberFactory(
        organization=desk.clinic, patient=desk.patient, practitioner=other
    )
    colleague = ApiClient(new_key(Role.PRACTITIONER, practitioner=other).secret)
    seen = colleague.post(f"appointments/{booked.pk}/preview", later).json()
    refused = error(colleague.patch(f"appointments/{booked.pk}", later))
    assert seen["refusals"][0]["code"] == refused["code"] == "not_own_appointment"
    api.post(f"appointments/{booked.pk}/cancel")
    seen = api.post(f"appointments/{booked.pk}/preview", later).json()
    refused = error(api.patch(f"appointments/{booked.pk}", later))
    assert [one["code"] for one in seen["refusals"]] == [refused["code"]] == ["unlawful_transition"]
    assert seen["refusals"][0]["data"]["status"] == "cancelled"


def test_reading_is_scope_enough_and_leaves_its_trace(new_key, desk) -> None:
    reader = ApiClient(new_key(scopes=["appointments:read"]).secret)
    assert reader.post("appointments/preview", desk.wanted()).status_code == 200
    viewed = Event.objects.get(action="patient.viewed")
    assert viewed.patient == desk.patient
    refused = reader.post("appointments", desk.wanted())
    assert (refused.status_code, error(refused)["code"]) == (403, "scope_missing")
