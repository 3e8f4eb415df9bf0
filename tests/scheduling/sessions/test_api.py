"""Sessions over the API: found, read, and their notes written, signed and added to."""

from __future__ import annotations

from itertools import count

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Event
from accounts.roles import Role
from scheduling.models import Addendum, ProgressNote
from scheduling.notes import services as notes
from scheduling.sessions import services as sessions
from tests import factories
from tests.api.client import ApiClient, error
from tests.api.desk import Desk
from tests.api.lists import ids, price, turned

NOW = "2026-06-10T18:00:00-05:00"
TEXTS = {"subjective": "Cheerful", "plan": "Go on\nas before"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk(clinic) -> Desk:
    return Desk(clinic, units=400)


@pytest.fixture
def session(desk):
    return desk.complete()


@pytest.fixture
def author(desk, new_app) -> ApiClient:
    """The app of the practitioner who gave the session."""
    return new_app(desk.member(desk.practitioner))


def test_read(api, session) -> None:
    read = api.get(f"sessions/{session.pk}").json()
    assert (read["appointment_id"], read["patient_id"]) == (
        session.appointment_id,
        session.patient_id,
    )
    assert (read["minutes"], read["units"], read["note_status"]) == (60, 4, None)
    assert read["service_code_id"] == session.appointment.service_code_id
    viewed = Event.objects.get(action="patient.viewed")
    assert (viewed.patient, viewed.object_id) == (session.patient, session.pk)


def test_completing_answers_the_session(api, desk) -> None:
    booked = desk.book(desk.at(0, hour=16))
    made = api.post(f"appointments/{booked.pk}/complete")
    assert made.json() == api.get(f"sessions/{made.json()['id']}").json()


def test_a_running_session_has_no_end(api, desk) -> None:
    booked = desk.book(desk.at(0, hour=17))
    sessions.start(actor=desk.actor, appointment=booked)
    (running,) = api.get("sessions", {"appointment": booked.pk}).json()["results"]
    assert (running["ended_at"], running["minutes"], running["units"]) == (None, None, None)


def test_filters(api, desk) -> None:
    other = {
        "patient": factories.PatientFactory(organization=desk.clinic, legal_last_name="Zhukov"),
        "practitioner": factories.PractitionerFactory(organization=desk.clinic),
        "authorization": None,
    }
    mine, theirs = desk.complete(2), desk.complete(4, **other)
    person = factories.actor(desk.clinic, Role.PRACTITIONER)
    type(desk.practitioner).objects.filter(pk=desk.practitioner.pk).update(
        supervisor=person.practitioner_id
    )
    note = notes.draft(actor=person, session=mine, subjective="Cheerful")
    for query, found in [
        ({}, [mine.pk, theirs.pk]),
        ({"patient": desk.patient.pk}, [mine.pk]),
        ({"practitioner": other["practitioner"].pk}, [theirs.pk]),
        ({"appointment": mine.appointment_id}, [mine.pk]),
        ({"search": "zhuk"}, [theirs.pk]),
        ({"first": "2026-06-11"}, []),
        ({"first": "2026-06-10", "last": "2026-06-10"}, [mine.pk, theirs.pk]),
        ({"note": "unsigned"}, [mine.pk, theirs.pk]),
        ({"note": "signed"}, []),
    ]:
        assert ids(api, "sessions", **query) == found, query
    notes.sign(actor=person, note=note)
    assert ids(api, "sessions", note="signed") == [mine.pk]
    assert ids(api, "sessions", note="unsigned") == [theirs.pk]
    for query in ({"q": "x"}, {"status": "signed"}, {"note": "lost"}, {"patient": "x"}):
        assert api.get("sessions", query).status_code == 400


def test_ordering_and_price(api, desk) -> None:
    hours = count(1)

    def given() -> None:
        with time_machine.travel(NOW) as traveller:
            traveller.shift(next(hours))
            session = desk.complete(next(hours))
            ProgressNote.objects.create(organization=desk.clinic, session=session)

    assert price(api, "sessions", given) == 4
    turned(api, "sessions", "started_at", "created_at")


def test_practitioners_find_their_own_and_their_patients(new_key, desk, session) -> None:
    colleague = factories.PractitionerFactory(organization=desk.clinic)
    client = ApiClient(new_key(Role.PRACTITIONER, practitioner=colleague).secret)
    assert ids(client, "sessions") == []
    assert client.get(f"sessions/{session.pk}/note").status_code == 404
    own = ApiClient(new_key(Role.PRACTITIONER, practitioner=desk.practitioner).secret)
    assert ids(own, "sessions") == [session.pk]


def test_patients_read_neither_sessions_nor_notes(new_app, desk, session) -> None:
    member = factories.MembershipFactory(organization=desk.clinic, role=Role.PATIENT)
    desk.patient.user = member.user
    desk.patient.save()
    client = new_app(member.user)
    for path in ("sessions", f"sessions/{session.pk}", f"sessions/{session.pk}/note"):
        refused = client.get(path)
        assert (refused.status_code, error(refused)["code"]) == (403, "role_not_allowed")


def test_a_note_is_written_signed_and_added_to(author, session) -> None:
    url = f"sessions/{session.pk}"
    assert error(author.get(f"{url}/note"))["code"] == "no_note"
    first = author.post(f"{url}/note", TEXTS)
    assert first.status_code == 200
    assert (first.json()["status"], first.json()["version"]) == ("draft", 1)
    assert first.json()["plan"] == "Go on\nas before"
    second = author.post(f"{url}/note", {"plan": "Stop", "version": 1}).json()
    assert (second["subjective"], second["plan"], second["version"]) == ("", "Stop", 2)
    stale = author.post(f"{url}/note", {"plan": "Go", "version": 1})
    assert (stale.status_code, error(stale)["code"]) == (409, "stale")
    assert error(author.post(f"{url}/addendum", {"text": "Later"}))["code"] == "note_not_signed"
    signed = author.post(f"{url}/sign", {"version": 2}).json()
    assert signed["status"] == "signed"
    assert signed["signed_by_id"] == ProgressNote.objects.get().signed_by_id
    locked = author.post(f"{url}/note", TEXTS)
    assert (locked.status_code, error(locked)["code"]) == (409, "note_signed")
    added = author.post(f"{url}/addendum", {"text": "It was Tuesday"})
    assert (added.status_code, added.json()["text"]) == (201, "It was Tuesday")
    read = author.get(f"{url}/note").json()
    assert read["addenda"] == [added.json()]
    assert author.get(url).json()["note_status"] == "signed"


def test_an_empty_note_is_not_signed(author, session) -> None:
    url = f"sessions/{session.pk}"
    assert author.post(f"{url}/sign").status_code == 404
    author.post(f"{url}/note", {"plan": " "})
    refused = author.post(f"{url}/sign")
    assert (refused.status_code, error(refused)["code"]) == (400, "note_empty")


def test_a_signature_is_a_persons(new_key, desk, session) -> None:
    client = ApiClient(new_key(Role.PRACTITIONER, practitioner=desk.practitioner).secret)
    url = f"sessions/{session.pk}"
    assert client.post(f"{url}/note", TEXTS).status_code == 200
    refused = client.post(f"{url}/sign")
    assert (refused.status_code, error(refused)["code"]) == (403, "person_needed")
    signed_now = {"signed_at": timezone.now(), "signed_by": desk.actor.user}
    ProgressNote.objects.update(status="signed", **signed_now)
    refused = client.post(f"{url}/addendum", {"text": "Later"})
    assert (refused.status_code, error(refused)["code"]) == (403, "person_needed")
    assert not Addendum.objects.exists()


def test_only_the_author_writes_the_note(api, new_app, desk, session) -> None:
    colleague = factories.PractitionerFactory(organization=desk.clinic)
    factories.CareTeamMemberFactory(
        organization=desk.clinic, patient=desk.patient, practitioner=colleague
    )
    for client in (api, new_app(desk.member(colleague))):
        refused = client.post(f"sessions/{session.pk}/note", TEXTS)
        assert (refused.status_code, error(refused)["code"]) == (403, "not_own_note")
    assert not ProgressNote.objects.exists()


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"format": "poem"}, "format"),
        ({"plan": "x" * 10_001}, "plan"),
        ({"plan": "turned ‮ round"}, "plan"),
        ({"plan": None}, "plan"),
        ({"status": "signed"}, "status"),
        ({"version": "1"}, "version"),
    ],
)
def test_what_a_note_may_say(author, session, body, attr) -> None:
    answer = author.post(f"sessions/{session.pk}/note", body)
    assert (answer.status_code, error(answer)["attr"]) == (400, attr)
    assert not ProgressNote.objects.exists()


def test_a_list_shows_no_clinical_text(api, author, session) -> None:
    author.post(f"sessions/{session.pk}/note", {"subjective": "Whispered"})
    assert "Whispered" not in api.get("sessions").content.decode()
    assert "Whispered" not in api.get(f"sessions/{session.pk}").content.decode()
    assert "Whispered" in api.get(f"sessions/{session.pk}/note").content.decode()


def test_another_clinics_session_is_not_there(api) -> None:
    stranger = Desk(factories.OrganizationFactory()).complete()
    for path in (f"sessions/{stranger.pk}", f"sessions/{stranger.pk}/note"):
        assert api.get(path).status_code == 404
