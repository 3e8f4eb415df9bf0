"""What the calendar and its panel show to each role."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client

from accounts.roles import Role
from scheduling.appointments import cancellation
from scheduling.appointments import services as appointments
from scheduling.calendar.lanes import MAX_LANES, Placed, arrange
from scheduling.models import Appointment, ProgressNote
from scheduling.notes import services as notes
from scheduling.sessions import services as sessions
from tests import factories
from tests.scheduling.conftest import NOW

HOUR = timedelta(hours=1)
PANEL = {"HX-Request": "true", "HX-Target": "panel"}


def client_of(actor) -> Client:
    client = Client()
    client.force_login(actor.user)
    return client


def get(client, url, *, status=200, **query) -> str:
    answer = client.get(url, query)
    assert answer.status_code == status
    return answer.content.decode()


@pytest.fixture
def therapist(clinic):
    return factories.actor(clinic, Role.PRACTITIONER)


@pytest.fixture
def viewer(clinic):
    return factories.actor(clinic, Role.VIEWER)


class TestWhoSeesWhat:
    def test_a_colleague_is_busy(self, therapist, appointment, practitioner) -> None:
        page = client_of(therapist)
        week = therapist.url("scheduling:week")
        name = appointment.patient.called_name
        assert name not in get(page, week)
        assert "Busy" not in get(page, week)
        colleague = get(page, week, practitioner=practitioner.pk)
        assert "Busy" in colleague
        assert name not in colleague
        assert "start=2026" not in colleague  # nor is their time offered

    def test_care_team_sees_the_name(self, therapist, appointment, clinic) -> None:
        factories.CareTeamMemberFactory(
            organization=clinic,
            patient=appointment.patient,
            practitioner_id=therapist.practitioner_id,
        )
        page = get(
            client_of(therapist),
            therapist.url("scheduling:week"),
            practitioner=appointment.practitioner_id,
        )
        assert appointment.patient.called_name in page
        assert "Busy" not in page

    def test_viewers_have_no_controls(self, viewer, appointment) -> None:
        page = client_of(viewer)
        for name in ("week", "day"):
            drawn = get(page, viewer.url(f"scheduling:{name}"), date="2026-06-11")
            assert appointment.patient.called_name in drawn
            assert "/book/" not in drawn
            assert "/move/" not in drawn
        detail = get(page, viewer.url("scheduling:appointment", pk=appointment.pk))
        assert "Cancel appointment" not in detail
        assert "<button" not in re.sub(r"(?s)<header class=\"topbar\".*?</header>", "", detail)

    def test_patients_have_no_calendar(self, clinic) -> None:
        family = factories.actor(clinic, Role.PATIENT)
        assert client_of(family).get(family.url("scheduling:week")).status_code == 403


class TestWhatIsAskedFor:
    @pytest.mark.parametrize("asked", ["", "garbage", "2026-02-30", "0001-01-01", "9999-12-31"])
    def test_a_date_that_is_none_means_today(self, desk, admin, asked) -> None:
        assert "8 – 12 June 2026" in get(desk, admin.url("scheduling:week"), date=asked)

    @pytest.mark.parametrize("name", ["practitioner", "location"])
    @pytest.mark.parametrize("asked", ["0", "x", "-1", "9" * 30])
    def test_a_stranger_is_not_found(self, desk, admin, name, asked) -> None:
        get(desk, admin.url("scheduling:week"), status=404, **{name: asked})

    def test_another_clinics_practitioner_is_not_found(self, desk, admin) -> None:
        stranger = factories.PractitionerFactory()
        get(desk, admin.url("scheduling:day"), status=404, practitioner=stranger.pk)

    def test_cancelled_only_when_asked_for(self, desk, admin, appointment) -> None:
        cancellation.cancel(actor=admin, appointment=appointment, reason="Ill")
        week = admin.url("scheduling:week")
        assert appointment.patient.called_name not in get(desk, week)
        assert "is-cancelled" in get(desk, week, cancelled="on")

    def test_time_at_another_location_is_busy_without_details(
        self, desk, admin, appointment, clinic
    ) -> None:
        here, there = (factories.LocationFactory(organization=clinic) for _ in range(2))
        Appointment.objects.filter(pk=appointment.pk).update(location=there)
        page = get(
            desk,
            admin.url("scheduling:week"),
            practitioner=appointment.practitioner_id,
            location=here.pk,
        )
        assert "Elsewhere" in page
        assert appointment.patient.called_name not in page
        assert "start=2026-06-11T10:00" not in page

    def test_past_days_offer_no_time(self, desk, admin, practitioner) -> None:
        page = get(desk, admin.url("scheduling:week"), practitioner=practitioner.pk)
        assert "start=2026-06-09" not in page
        assert "start=2026-06-10" in page

    def test_the_weekend_shows_when_something_is_on_it(
        self, desk, admin, patient, practitioner, service
    ) -> None:
        week = admin.url("scheduling:week")
        assert "Sat 13" not in get(desk, week)
        saturday = NOW + timedelta(days=3)
        appointments.book(
            actor=admin,
            patient=patient,
            practitioner=practitioner,
            service_code=service,
            starts_at=saturday,
            ends_at=saturday + HOUR,
        )
        page = get(desk, week)
        assert "Sat 13" in page
        assert "Sun 14" not in page

    def test_without_scripting_free_times_become_buttons(self, desk, admin, appointment) -> None:
        page = get(desk, admin.url("scheduling:week"), move=appointment.pk)
        assert f'action="{admin.url("scheduling:appointment_move", pk=appointment.pk)}"' in page
        assert 'name="starts_at" value="2026-06-12T09:00"' in page

    def test_a_move_offers_future_slots_that_are_long_enough(
        self, desk, admin, appointment, patient, practitioner, service
    ) -> None:
        """It is nine o'clock; the appointment that is moved takes an hour."""
        noon = appointment.starts_at + timedelta(hours=2)
        appointments.book(
            actor=admin,
            patient=patient,
            practitioner=practitioner,
            service_code=service,
            starts_at=noon,
            ends_at=noon + HOUR,
        )
        week = admin.url("scheduling:week")
        page = get(desk, week, move=appointment.pk, practitioner=practitioner.pk)
        offered = set(re.findall(r'name="starts_at" value="2026-06-(\d\dT\d\d:\d\d)"', page))
        assert {"11T11:00", "11T13:00", "10T09:30"} <= offered
        assert {"11T11:30", "10T08:00", "10T09:00"} & offered == set()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "day", "absent", "present"),
    [
        ("America/New_York", date(2027, 3, 14), ["02:00", "02:30"], ["01:30", "03:00"]),
        ("America/New_York", date(2027, 11, 7), ["01:00", "01:30"], ["00:30", "02:00"]),
        ("Europe/Berlin", date(2027, 3, 28), ["02:00", "02:30"], ["01:30", "03:00"]),
    ],
)
def test_offers_only_times_that_the_clocks_show_once(zone, day, absent, present) -> None:
    with time_machine.travel(f"{day - timedelta(days=2)}T12:00:00Z", tick=False):
        clinic = factories.OrganizationFactory(time_zone=zone, opens_at="00:00", closes_at="06:00")
        actor = factories.actor(clinic)
        practitioner = factories.PractitionerFactory(organization=clinic)
        page = get(
            client_of(actor),
            actor.url("scheduling:day"),
            date=day.isoformat(),
            practitioner=practitioner.pk,
        )
    offered = set(re.findall(rf"start={day}T(\d\d:\d\d)", page))
    assert offered.isdisjoint(absent)
    assert offered.issuperset(present)


class TestLanes:
    def test_side_by_side_only_where_they_overlap(self) -> None:
        found = arrange(
            [Placed("a", 0, 4), Placed("b", 2, 4), Placed("c", 4, 2), Placed("d", 8, 1)]
        )
        assert {one.item: (one.lane, one.lanes) for one in found} == {
            "a": (1, 2),
            "b": (2, 2),
            "c": (1, 2),
            "d": (1, 1),
        }

    def test_items_beyond_the_lanes_are_counted(self) -> None:
        found = arrange([Placed(number, 0, 4) for number in range(9)])
        told = [one for one in found if one.item is None]
        assert [one.more for one in told] == [4]
        assert max(one.lane for one in found) == MAX_LANES
        assert {one.lanes for one in found} == {MAX_LANES}


class TestPanel:
    def booking(self, patient, practitioner, service) -> dict[str, object]:
        return {
            "patient": patient.pk,
            "practitioner": practitioner.pk,
            "service_code": service.pk,
            "day": "2026-06-11",
            "start": "14:00",
            "minutes": 60,
        }

    def test_booking_answers_with_the_appointment(
        self, desk, admin, patient, practitioner, service, authorization
    ) -> None:
        sent = self.booking(patient, practitioner, service)
        answer = desk.post(admin.url("scheduling:book"), sent, headers=PANEL)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert answer["HX-Trigger"] == '{"calendar-changed": {}}'
        assert "<html" not in page
        assert "Booked: 4 units reserved, 16 left" in page
        assert "Cancel appointment" in page

    def test_a_refusal_stays_in_the_panel_with_what_was_typed(
        self, desk, admin, patient, practitioner, service, authorization
    ) -> None:
        sent = {**self.booking(patient, practitioner, service), "minutes": 300 + 15}
        answer = desk.post(admin.url("scheduling:book"), sent, headers=PANEL)
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "21 units needed, 20 left" in page
        assert 'value="315"' in page
        assert "<html" not in page

    def test_cancelling_offers_undo_in_the_panel(self, desk, admin, appointment) -> None:
        url = admin.url("scheduling:cancel", pk=appointment.pk)
        page = desk.post(url, {"cancelled_by": "patient"}, headers=PANEL).content.decode()
        restore = admin.url("scheduling:restore", pk=appointment.pk)
        assert f'hx-post="{restore}?version=2"' in page
        page = desk.post(f"{restore}?version=2", {}, headers=PANEL).content.decode()
        assert "Scheduled again." in page

    def test_a_move_in_the_grid_swaps_nothing_itself(self, desk, admin, appointment) -> None:
        answer = desk.post(
            admin.url("scheduling:appointment_move", pk=appointment.pk),
            {"starts_at": "2026-06-12T09:00", "practitioner": "", "version": 1},
            headers={"HX-Request": "true", "HX-Target": "calendar"},
        )
        assert (answer.status_code, answer["HX-Reswap"]) == (200, "none")
        assert "calendar-changed" in answer["HX-Trigger"]
        assert "Moved to Fri 12 Jun, 09:00" in answer.content.decode()

    def test_changing_the_service_brings_its_usual_length(
        self, desk, admin, patient, practitioner, service, clinic
    ) -> None:
        other = factories.ServiceCodeFactory(organization=clinic, default_minutes=45)
        sent = {**self.booking(patient, practitioner, service), "service_code": other.pk}
        url = admin.url("scheduling:book_preview") + "?changed=service"
        page = desk.post(url, sent, headers=PANEL).content.decode()
        assert re.search(r'name="minutes" value="45"', page)
        assert not Appointment.objects.exists()

    def test_a_stale_draft_keeps_what_is_typed(self, admin, clinic, appointment) -> None:
        practitioner = appointment.practitioner
        type(practitioner).objects.filter(pk=practitioner.pk).update(user=admin.user)
        author = type(admin)(**{**admin.__dict__, "practitioner_id": practitioner.pk})
        with time_machine.travel(appointment.ends_at, tick=False):
            session = sessions.complete(actor=admin, appointment=appointment)
            draft = notes.draft(actor=author, session=session, subjective="One")
            notes.draft(actor=author, session=session, subjective="Two", version=draft.version)
            answer = client_of(admin).post(
                admin.url("scheduling:note_write", pk=session.pk),
                {"format": "soap", "subjective": "Mine", "version": draft.version},
                headers={"HX-Request": "true", "HX-Target": "note-state"},
            )
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "changed by somebody else" in page
        assert f'name="version" value="{draft.version}"' in page
        assert "<html" not in page
        assert ProgressNote.objects.get().subjective == "Two"
