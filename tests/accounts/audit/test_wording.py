from zoneinfo import ZoneInfo

import pytest

from accounts.audit import wording
from accounts.models import Event

CHICAGO = ZoneInfo("America/Chicago")


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({}, ""),
        ({"units": 4, "override_reason": ""}, "units: 4"),
        ({"late": False}, "late: no"),
        ({"starts_at": "2026-12-15T20:00:00+00:00"}, "starts at: 15 Dec 2026 14:00"),
        ({"starts_at": "2026-07-15T20:00:00Z"}, "starts at: 15 Jul 2026 15:00"),
        ({"changes": {"phone": ["", "555"], "is_active": ["True", "False"]}},
         "phone: – → 555, is active: yes → no"),
        ({"filters": {"action": "glass.broken"}}, "filters: action glass.broken"),
        ({"patients": [3, 5]}, "patients: 3, 5"),
        ({"units": 4, "late": True, "starts_at": "2026-07-15T20:00:00Z", "service": "97110"},
         "service: 97110, starts at: 15 Jul 2026 15:00, units: 4, late: yes"),
        ({"before": "admin", "number": 0}, "before: admin, number: 0"),
        ({"before": {"room": None, "units": 4}, "after": {"room": 7, "units": 4}, "late": True},
         "room: – → 7, late: yes"),
        ({"before": {"units": 4, "room": 7}, "after": {"units": 4}}, "room: 7 → –"),
    ],
)  # fmt: skip
def test_figures_in_words(details, words):
    assert wording.details(Event(details=details), CHICAGO, {}) == words


def test_single_values_before_and_after_are_of_what_changed():
    changed = Event(action="member.role_changed", details={"before": "viewer", "after": "admin"})
    assert wording.details(changed, CHICAGO, {}) == "role: viewer → admin"


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("appointment.booked", "Appointment booked"),
        ("unit.reserved", "Units reserved"),
        ("care_team.added", "Care team added"),
        ("patient.viewed", "Record viewed"),
    ],
)
def test_actions_in_words(action, words):
    assert wording.what(Event(action=action)) == words
