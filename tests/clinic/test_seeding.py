"""Seeding itself: the same for the same moment, on any day, at any scale."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import Organization, Patient, Practitioner
from billing.ledger import replay
from billing.models import Authorization, LedgerEntry
from clinic.demo import profiles, seeding
from scheduling.models import Appointment

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 18, 15, 40, tzinfo=UTC)


def seed(scale: int = 1) -> None:
    call_command("seed_demo", "--scale", str(scale), stdout=StringIO(), stderr=StringIO())


@pytest.mark.slow
def test_the_same_moment_gives_the_same_clinics() -> None:
    with time_machine.travel(NOW, tick=False):
        first = _told_anew()
        assert _told_anew() == first


@pytest.mark.slow
@pytest.mark.parametrize(
    "now",
    [
        pytest.param(datetime(2026, 3, 8, 20, 0, tzinfo=UTC), id="Sunday the clocks go forward"),
        pytest.param(datetime(2026, 11, 1, 14, 0, tzinfo=UTC), id="Sunday the clocks go back"),
        pytest.param(datetime(2026, 1, 3, 5, 0, tzinfo=UTC), id="a night after New Year"),
        pytest.param(datetime(2028, 2, 29, 23, 50, tzinfo=UTC), id="a leap day's evening"),
    ],
)
def test_any_day_can_be_today(now: datetime) -> None:
    with time_machine.travel(now, tick=False):
        seed()
        assert replay.differences() == []
        for profile in profiles.CLINICS:
            here = Organization.objects.get(slug=profile.slug)
            found = Authorization.objects.of(here).with_state(today=here.today())
            states = set(found.values_list("state", flat=True))
            assert states == set(Authorization.State.values)
            today = Appointment.objects.of(here).between_days(here, here.today(), here.today())
            assert today.exists()


@pytest.mark.slow
def test_a_larger_scale_has_more_of_everything_and_still_verifies() -> None:
    with time_machine.travel(NOW, tick=False):
        seed(scale=3)
    assert Patient.objects.count() == 180
    assert Practitioner.objects.count() == 36
    assert Appointment.objects.count() > 3_500
    assert replay.differences() == []


def test_a_scale_of_nothing_is_refused() -> None:
    with pytest.raises(CommandError, match="1 or more"):
        seed(scale=0)


def _told_anew() -> list[tuple[Any, ...]]:
    """What a fresh seeding writes, without ids."""
    with transaction.atomic():
        seeding.seed(scale=1, now=NOW, progress=lambda text: None)
        rows = [
            *Appointment.objects.order_by(
                "starts_at", "patient__mrn", "service_code__code"
            ).values_list(
                "starts_at",
                "ends_at",
                "status",
                "units",
                "patient__mrn",
                "patient__legal_first_name",
                "practitioner__npi",
                "service_code__code",
                "room__name",
                "session__note__objective",
            ),
            *LedgerEntry.objects.order_by("authorization__number", "number").values_list(
                "authorization__number", "number", "kind", "units", "total_after", "at"
            ),
        ]
        transaction.set_rollback(True)
    return rows
