"""The demo's two clinics: what they must show, and that it is all lawful."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count, F
from django.test import RequestFactory

from accounts.models import Event, Guardian, Organization, Patient, Practitioner, User
from accounts.npi import is_valid_npi
from accounts.roles import Role
from billing.ledger import replay
from billing.models import Authorization, LedgerEntry, Reservation
from clinic.demo import SIGN_INS
from scheduling.models import Appointment, ProgressNote, Session, Status

pytestmark = pytest.mark.django_db

# A Wednesday, 10:40 in Chicago and 8:40 in San Francisco: both clinics are at work.
NOW = datetime(2026, 3, 18, 15, 40, tzinfo=UTC)
CLINICS = ("riverside", "harbor")


@pytest.fixture(scope="module")
def seeded(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Seeded once for the reading tests of this module, and rolled back after them."""
    said = StringIO()
    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        with time_machine.travel(NOW, tick=False):
            call_command("seed_demo", stdout=said, stderr=StringIO())
            yield said.getvalue()
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)


def clinic(slug: str) -> Organization:
    return Organization.objects.get(slug=slug)


def test_every_sign_in_works_with_the_password_that_is_printed(seeded: str) -> None:
    for role, email, password in SIGN_INS:
        assert role in seeded
        assert email in seeded
        assert email.endswith(".example")
        request = RequestFactory().post("/")
        assert authenticate(request, email=email, password=password) is not None
        assert EmailAddress.objects.get(email=email).verified


def test_each_role_can_sign_in_to_what_it_is_for(seeded: str) -> None:
    roles = {
        role: list(
            User.objects.get(email=email).memberships.values_list("organization__slug", "role")
        )
        for role, email, _ in SIGN_INS
    }
    assert roles["Administrator"] == [("riverside", Role.ADMIN)]
    assert roles["Practitioner"] == [("riverside", Role.PRACTITIONER)]
    assert roles["Viewer"] == [("riverside", Role.VIEWER)]
    assert roles["Patient"] == [("harbor", Role.PATIENT)]
    assert roles["Guardian"] == [("riverside", Role.PATIENT)]
    assert {slug for slug, _ in roles["Several clinics"]} == set(CLINICS)
    assert roles["Super-administrator"] == []
    assert User.objects.get(email="root@caretally.example").is_superuser
    assert Practitioner.objects.get(user__email="maya@riverside.example").supervisees.count() == 2
    assert Patient.objects.get(user__email="patient@harbor.example").appointments.exists()
    children = Guardian.objects.filter(user__email="guardian@riverside.example")
    assert [guardian.may_sign_in for guardian in children] == [True, True]


def test_two_clinics_in_two_zones_share_sixty_patients(seeded: str) -> None:
    assert Patient.objects.count() == 60
    assert clinic("riverside").time_zone == "America/Chicago"
    assert clinic("harbor").time_zone == "America/Los_Angeles"
    assert all(is_valid_npi(npi) for npi in Practitioner.objects.values_list("npi", flat=True))


def test_the_ledger_verifies_and_every_constraint_holds(seeded: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    assert replay.differences() == []
    assert LedgerEntry.objects.count() > 1_500
    backwards = LedgerEntry.objects.filter(
        authorization__entries__number=F("number") - 1, authorization__entries__at__gt=F("at")
    )
    assert not backwards.exists()
    assert not LedgerEntry.objects.filter(at__gt=NOW).exists()
    assert not Event.objects.filter(at__gt=NOW).exists()


@pytest.mark.parametrize("slug", CLINICS)
def test_authorizations_are_in_every_state(seeded: str, slug: str) -> None:
    here = clinic(slug)
    today = here.today()
    found = Authorization.objects.of(here).with_state(today=today)
    states = dict(found.order_by().values_list("state").annotate(Count("id")))
    assert set(states) == set(Authorization.State.values)
    assert states["active"] > sum(states.values()) / 2
    active = found.filter(state="active").with_available()
    assert active.filter(available__lte=2, end_date__gt=today + timedelta(days=30)).exists()
    assert active.filter(end_date__lte=today + timedelta(days=10)).exists()
    assert active.filter(cap_per_week__isnull=False, cap_per_day__isnull=False).exists()


@pytest.mark.parametrize("slug", CLINICS)
def test_the_calendar_reaches_six_weeks_back_and_four_ahead(seeded: str, slug: str) -> None:
    here = clinic(slug)
    own = Appointment.objects.of(here)
    today = here.today()
    days = {here.local(at).date() for at in own.values_list("starts_at", flat=True)}
    assert min(days) <= today - timedelta(days=41)
    assert max(days) >= today + timedelta(days=27)
    assert {day.weekday() for day in days} == set(range(7))
    hours = {here.local(at).hour for at in own.values_list("starts_at", flat=True)}
    assert min(hours) >= 8
    assert max(hours) < 18
    assert own.filter(status=Status.CANCELLED, cancelled_late=True).exists()
    assert own.filter(status=Status.CANCELLED, cancelled_late=False).exists()
    recently = NOW - timedelta(days=5)
    assert own.filter(status=Status.NO_SHOW, starts_at__gte=recently).exists()
    assert not own.filter(status__in=[Status.COMPLETED, Status.NO_SHOW], starts_at__gt=NOW).exists()
    assert not own.filter(status=Status.SCHEDULED, ends_at__lt=NOW - timedelta(hours=1)).exists()


def test_today_shows_appointments_at_every_stage(seeded: str) -> None:
    here = clinic("riverside")
    today = Appointment.objects.of(here).between_days(here, here.today(), here.today())
    stages = set(today.values_list("status", flat=True))
    assert stages >= {Status.COMPLETED, Status.IN_PROGRESS, Status.CONFIRMED, Status.SCHEDULED}
    maya = Practitioner.objects.get(user__email="maya@riverside.example")
    assert today.filter(practitioner=maya).exists()


def test_services_run_concurrently_and_in_groups(seeded: str) -> None:
    technician = Appointment.objects.filter(service_code__code="97153")
    assert technician.filter(
        patient__appointments__service_code__code="97155",
        patient__appointments__starts_at__gte=F("starts_at"),
        patient__appointments__ends_at__lte=F("ends_at"),
    ).exists()
    groups = (
        Appointment.objects.filter(service_code__code="97154", status=Status.COMPLETED)
        .order_by()
        .values("practitioner", "starts_at")
        .annotate(size=Count("id"))
    )
    assert groups.filter(size__gte=3).exists()


def test_sessions_have_notes_signed_and_unsigned(seeded: str) -> None:
    completed = Appointment.objects.filter(status=Status.COMPLETED)
    assert Session.objects.completed().count() == completed.count()
    signed = ProgressNote.objects.filter(status=ProgressNote.Status.SIGNED)
    assert signed.exclude(signed_by=F("session__practitioner__user")).count() == 0
    assert not any(note.is_empty for note in ProgressNote.objects.all())
    for slug in CLINICS:
        unsigned = Session.objects.of(clinic(slug)).unsigned()
        assert unsigned.filter(note__isnull=True).exists()
        assert unsigned.filter(note__status=ProgressNote.Status.DRAFT).exists()
    cut_short = Reservation.objects.filter(consumed_units__lt=F("units"))
    assert cut_short.exists()


def test_what_happened_is_an_event_of_its_own_time(seeded: str) -> None:
    for action, status in (
        ("appointment.completed", Status.COMPLETED),
        ("appointment.cancelled", Status.CANCELLED),
        ("appointment.no_show", Status.NO_SHOW),
    ):
        own = Appointment.objects.filter(status=status).values("pk")
        assert Event.objects.filter(action=action, object_id__in=own).count() == own.count()
    booked = Event.objects.filter(action="appointment.booked")
    assert booked.count() == Appointment.objects.count()
    assert booked.filter(at__lt=NOW - timedelta(days=20)).exists()


def test_a_second_run_changes_nothing_and_reports_it(seeded: str) -> None:
    before = Event.objects.count(), Appointment.objects.count()
    said = StringIO()
    call_command("seed_demo", stdout=said)
    assert "Nothing was changed" in said.getvalue()
    assert (Event.objects.count(), Appointment.objects.count()) == before
