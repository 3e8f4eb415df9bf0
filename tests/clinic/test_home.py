"""What the first page counts, and where its numbers lead."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from accounts.actor import Actor
from accounts.roles import Role
from billing.models import Authorization
from clinic.views import home
from scheduling.appointments import arrival
from scheduling.appointments import services as appointments
from scheduling.models import Appointment, ProgressNote, Session
from scheduling.sessions import services as sessions
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime.fromisoformat("2026-06-10T09:00:00-05:00")
HOUR = timedelta(hours=1)


@pytest.fixture
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def admin(_now) -> Actor:
    return factories.actor(factories.OrganizationFactory())


@pytest.fixture
def desk(admin) -> Client:
    client = Client()
    client.force_login(admin.user)
    return client


def book(admin: Actor, starts_at: datetime = NOW) -> Appointment:
    clinic = admin.organization
    return appointments.book(
        actor=admin,
        patient=factories.PatientFactory(organization=clinic),
        practitioner=factories.PractitionerFactory(organization=clinic),
        service_code=factories.ServiceCodeFactory(organization=clinic),
        authorization=None,
        starts_at=starts_at,
        ends_at=starts_at + HOUR,
    )


def completed(admin: Actor, *, external_id: str = "") -> Session:
    appointment = book(admin)
    Appointment.objects.filter(pk=appointment.pk).update(external_id=external_id)
    return sessions.complete(
        actor=admin, appointment=appointment, started_at=NOW - HOUR, ended_at=NOW
    )


def test_all_of_today_is_counted_and_leads_to_its_list(desk, admin, monkeypatch) -> None:
    monkeypatch.setattr(home, "MAX_APPOINTMENTS", 1)
    for _ in range(3):
        book(admin)
    arrival.check_in(actor=admin, appointment=book(admin))
    book(admin, NOW + timedelta(days=1))
    answer = desk.get(admin.url("clinic:home"))
    counted = {one["label"]: one["value"] for one in answer.context["counts"]}
    assert counted == {"To come": 3, "Arrived": 1, "In progress": 0, "Completed": 0}
    for one in answer.context["counts"]:
        listed = desk.get(one["href"]).context["table"].paginator.count
        assert listed == one["value"], one["label"]
    [everything] = {
        link
        for link in answer.content.decode().split('"')
        if link.startswith(admin.url("scheduling:appointments")) and "sort=" in link
    }
    assert desk.get(everything.replace("&amp;", "&")).context["table"].paginator.count == 4


def test_what_an_import_brought_needs_no_note(desk, admin) -> None:
    ours = completed(admin)
    completed(admin, external_id="elsewhere-1")
    begun = completed(admin, external_id="elsewhere-2")
    ProgressNote.objects.create(organization=admin.organization, session=begun)
    assert set(Session.objects.unsigned()) == {ours, begun}
    page = desk.get(admin.url("clinic:home"))
    assert page.context["unsigned_count"] == 2


def test_ones_own_notes_to_sign_lead_to_ones_own(admin) -> None:
    theirs, _ = completed(admin), completed(admin)
    user = factories.UserFactory()
    factories.MembershipFactory(organization=admin.organization, user=user, role=Role.PRACTITIONER)
    theirs.practitioner.user = user
    theirs.practitioner.save()
    browser = Client()
    browser.force_login(user)
    home = browser.get(admin.url("clinic:home")).content.decode()
    (link,) = re.findall(r'href="([^"]+)">All 1<', home)
    assert browser.get(link.replace("&amp;", "&")).context["table"].paginator.count == 1


def test_all_that_needs_attention_is_one_link_away(desk, admin, monkeypatch) -> None:
    monkeypatch.setattr(home, "MAX_ITEMS", 1)
    clinic = admin.organization
    for _ in range(2):
        factories.AuthorizationFactory(organization=clinic, end_date=clinic.today())
    healthy = factories.AuthorizationFactory(organization=clinic)
    assert "?attention=any" in desk.get(admin.url("clinic:home")).content.decode()
    listed = desk.get(admin.url("billing:authorizations"), {"attention": "any"})
    shown = {row.record for row in listed.context["table"].rows}
    assert shown == set(Authorization.objects.exclude(pk=healthy.pk))
