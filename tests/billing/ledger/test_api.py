"""Reservations of other programs: units reserved until used or released."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.roles import Role
from billing.ledger import replay
from billing.ledger import services as ledger
from billing.models import Reservation
from tests import factories
from tests.api.client import ApiClient, error
from tests.api.desk import Desk
from tests.api.lists import ids, price, turned


@pytest.fixture
def clinic(db):
    """Where an hour ago was today."""
    return factories.OrganizationFactory(time_zone=factories.where_it_is_noon())


@pytest.fixture
def authorization(clinic):
    return factories.AuthorizationFactory(organization=clinic, number="A-1", units=100)


def hold(authorization, *, source="intake:88", days=0, units=4) -> Reservation:
    return ledger.reserve(
        actor=factories.actor(authorization.organization),
        authorization=authorization,
        patient=authorization.patient,
        service_code=authorization.services.get().service_code,
        units=units,
        date_of_service=authorization.organization.today() + timedelta(days=days),
        source=source,
    )


def test_list_and_read_show_the_same(api, authorization) -> None:
    held = hold(authorization)
    read = api.get(f"reservations/{held.pk}")
    assert read.json()["state"] == "active"
    assert api.get("reservations").json()["results"] == [read.json()]


def test_the_price_of_a_list(api, authorization) -> None:
    numbers = iter(range(100))
    assert price(api, "reservations", lambda: hold(authorization, source=f"x:{next(numbers)}")) == 4


def test_search_filters_and_order(api, clinic, authorization) -> None:
    held = hold(authorization)
    other = hold(
        factories.AuthorizationFactory(organization=clinic, number="B-2"), source="van:1", days=9
    )
    api.post(f"reservations/{held.pk}/release")
    assert ids(api, "reservations", search="B-2") == [other.pk]
    assert ids(api, "reservations", search="van:") == [other.pk]
    assert ids(api, "reservations", state="released") == [held.pk]
    assert ids(api, "reservations", authorization=authorization.pk) == [held.pk]
    assert ids(api, "reservations", patient=authorization.patient_id) == [held.pk]
    assert ids(api, "reservations", service=other.service_code_id) == [other.pk]
    assert ids(api, "reservations", first=f"{other.date_of_service}") == [other.pk]
    assert ids(api, "reservations", last=f"{held.date_of_service}") == [held.pk]
    turned(api, "reservations", "date_of_service", "created_at")


def test_release_consume_and_reverse(api, authorization) -> None:
    first, second = hold(authorization), hold(authorization, source="intake:89")
    assert api.post(f"reservations/{first.pk}/release").json()["state"] == "released"
    again = api.post(f"reservations/{first.pk}/consume", {"units": 1})
    assert (again.status_code, again.json()["type"]) == (409, "client_error")
    used = api.post(f"reservations/{second.pk}/consume", {"units": 6}).json()
    assert (used["state"], used["consumed_units"]) == ("consumed", 6)
    assert error(api.post(f"reservations/{second.pk}/reverse", {}))["attr"] == "reason"
    back = api.post(f"reservations/{second.pk}/reverse", {"reason": "Entered by mistake"})
    assert back.json()["state"] == "reversed"
    authorization.refresh_from_db()
    assert (authorization.used_units, authorization.reserved_units) == (0, 0)
    assert replay.differences() == []


def test_another_clinics_is_not_there(api) -> None:
    stranger = hold(factories.AuthorizationFactory())
    assert api.get(f"reservations/{stranger.pk}").status_code == 404
    assert api.post(f"reservations/{stranger.pk}/release").status_code == 404
    assert api.post(f"reservations/{stranger.pk}/consume", {"units": 1}).status_code == 404


def test_a_practitioners_key_reaches_the_care_team(new_key, clinic, authorization) -> None:
    held = hold(authorization)
    practitioner = factories.PractitionerFactory(organization=clinic)
    theirs = ApiClient(new_key(Role.PRACTITIONER, practitioner=practitioner).secret)
    assert ids(theirs, "reservations") == []
    factories.CareTeamMemberFactory(
        organization=clinic, patient=authorization.patient, practitioner=practitioner
    )
    assert ids(theirs, "reservations") == [held.pk]
    assert theirs.post(f"reservations/{held.pk}/release").status_code == 403


class TestUnitsOfAnAppointment:
    """They are reserved, used and released with the appointment only."""

    @pytest.fixture
    def desk(self, clinic) -> Desk:
        return Desk(clinic)

    def refused(self, answer) -> None:
        told = error(answer)
        assert (answer.status_code, told["code"]) == (409, "held_by_appointment")
        assert "cancel the appointment" in told["detail"]

    @pytest.mark.parametrize(
        ("deed", "body"), [("release", {}), ("consume", {"units": 4}), ("consume", {"units": 0})]
    )
    def test_are_not_ended_under_it(self, api, desk, deed, body) -> None:
        booked = desk.book()
        self.refused(api.post(f"reservations/{booked.reservation_id}/{deed}", body))
        assert desk.units() == (20, 0, 4)
        assert api.post(f"appointments/{booked.pk}/cancel").status_code == 200
        assert desk.units() == (20, 0, 0)

    def test_program_cannot_reverse_a_sessions_units(self, api, desk) -> None:
        session = desk.complete()
        reservation = session.appointment.reservation
        body = {"reason": "By mistake"}
        self.refused(api.post(f"reservations/{reservation.pk}/reverse", body))
        assert desk.units() == (20, 4, 0)
        assert api.post(f"appointments/{session.appointment_id}/reopen", body).status_code == 200

    def test_program_cannot_reserve_for_a_future_appointment(self, api, desk) -> None:
        taken = desk.book().pk + 1
        body = {
            "patient_id": desk.patient.pk,
            "service_code_id": desk.service.pk,
            "units": 4,
            "date_of_service": f"{desk.at():%Y-%m-%d}",
            "source": f"appointment:{taken}",
        }
        answer = api.post(f"authorizations/{desk.authorization.pk}/reserve", body)
        self.refused(answer)
        assert error(answer)["attr"] == "source"
        assert desk.book(desk.at(days=2)).pk == taken
