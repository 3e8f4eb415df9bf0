"""The clinic's wall clock where it skips and where it repeats."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.test import Client

from accounts.errors import Invalid
from scheduling import wall_time
from scheduling.appointments import services as appointments
from scheduling.calendar import wall
from scheduling.calendar.wall import Hours
from scheduling.models import Session
from tests import factories

NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"
SPRING, AUTUMN = date(2027, 3, 14), date(2027, 11, 7)
BERLIN_SPRING, BERLIN_AUTUMN = date(2027, 3, 28), date(2027, 10, 31)


def clinic(zone: str):
    return factories.OrganizationFactory.build(time_zone=zone, opens_at=time(8), closes_at=time(18))


@pytest.mark.parametrize(
    ("zone", "day", "clock", "utc"),
    [
        (NEW_YORK, SPRING, time(1, 59), "2027-03-14T06:59"),
        (NEW_YORK, SPRING, time(3, 0), "2027-03-14T07:00"),
        (NEW_YORK, AUTUMN, time(0, 59), "2027-11-07T04:59"),
        (NEW_YORK, AUTUMN, time(2, 0), "2027-11-07T07:00"),
        (NEW_YORK, date(2027, 7, 1), time(9, 0), "2027-07-01T13:00"),
        (NEW_YORK, date(2027, 12, 1), time(9, 0), "2027-12-01T14:00"),
        (BERLIN, BERLIN_SPRING, time(3, 0), "2027-03-28T01:00"),
        (BERLIN, BERLIN_AUTUMN, time(3, 0), "2027-10-31T02:00"),
    ],
)
def test_times_that_the_clocks_show_once(zone, day, clock, utc) -> None:
    found = wall_time.instant(clinic(zone), day, clock)
    assert found == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "clock", "code"),
    [
        (NEW_YORK, SPRING, time(2, 0), "nonexistent_time"),
        (NEW_YORK, SPRING, time(2, 59), "nonexistent_time"),
        (NEW_YORK, AUTUMN, time(1, 0), "ambiguous_time"),
        (NEW_YORK, AUTUMN, time(1, 59), "ambiguous_time"),
        (BERLIN, BERLIN_SPRING, time(2, 30), "nonexistent_time"),
        (BERLIN, BERLIN_AUTUMN, time(2, 30), "ambiguous_time"),
    ],
)
def test_times_that_the_clocks_skip_or_repeat(zone, day, clock, code) -> None:
    with pytest.raises(Invalid) as refused:
        wall_time.instant(clinic(zone), day, clock)
    assert (refused.value.code, refused.value.field) == (code, "starts_at")


@pytest.mark.parametrize(
    ("zone", "day", "is_even"),
    [
        (NEW_YORK, SPRING, False),
        (NEW_YORK, AUTUMN, False),
        (NEW_YORK, AUTUMN + timedelta(days=1), True),
        (BERLIN, BERLIN_SPRING, False),
        (BERLIN, SPRING, True),
    ],
)
def test_days_of_24_hours(zone, day, is_even) -> None:
    assert wall.has_24_hours(clinic(zone), day) is is_even


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        # 01:30 to 03:30 on the wall while one hour passes
        ("2027-03-14T06:30Z", "2027-03-14T07:30Z", (90, 210)),
        # 01:30 in summer time to 01:30 in winter time: an hour that the wall does not show
        ("2027-11-07T05:30Z", "2027-11-07T06:30Z", (90, 150)),
        # 00:30 to 02:30 on the wall while three hours pass
        ("2027-11-07T04:30Z", "2027-11-07T07:30Z", (30, 150)),
    ],
)
def test_blocks_follow_the_wall_clock(start, end, minutes) -> None:
    at = datetime.fromisoformat
    day = at(start).date()
    assert wall.span_on(clinic(NEW_YORK), day, at(start), at(end)) == minutes


def test_a_night_lies_in_both_its_days() -> None:
    at = datetime.fromisoformat
    night = at("2027-06-02T03:00Z"), at("2027-06-02T06:00Z")
    assert wall.span_on(clinic(NEW_YORK), date(2027, 6, 1), *night) == (23 * 60, 24 * 60)
    assert wall.span_on(clinic(NEW_YORK), date(2027, 6, 2), *night) == (0, 120)
    assert wall.span_on(clinic(NEW_YORK), date(2027, 6, 3), *night) is None


def test_hours_stretch_to_what_lies_outside() -> None:
    opening = Hours.covering(clinic(NEW_YORK), [])
    assert (opening.first_minute, opening.row_count) == (8 * 60, 40)
    assert (opening.open_row, opening.close_row) == (0, 40)
    stretched = Hours.covering(clinic(NEW_YORK), [(6 * 60 + 20, 7 * 60), (1200, 1245)])
    assert (stretched.first_minute, stretched.row_count) == (6 * 60, 60)
    assert (stretched.open_row, stretched.close_row) == (8, 48)
    assert stretched.place((6 * 60 + 20, 7 * 60)) == (1, 3)
    assert stretched.clock(59) == time(20, 45)


@pytest.mark.parametrize(
    ("day", "began", "ended", "minutes"),
    [("2027-03-14", "01:30", "03:30", 60), ("2027-11-07", "00:30", "02:30", 180)],
    ids=["forward", "back"],
)
def test_what_passed_counts_and_not_what_the_clocks_showed(
    admin, patient, practitioner, service, time_travel, day, began, ended, minutes
) -> None:
    zone = admin.organization.zone
    times = [
        datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone) for clock in (began, ended)
    ]
    time_travel(times[0])
    booked = appointments.book(
        actor=admin,
        patient=patient,
        practitioner=practitioner,
        service_code=service,
        authorization=None,
        starts_at=times[0],
        ends_at=times[1],
    )
    time_travel(times[1])
    client = Client()
    client.force_login(admin.user)
    page = admin.url("scheduling:complete", pk=booked.pk)
    sent = {"started_at": f"{day}T{began}", "ended_at": f"{day}T{ended}"}
    assert client.post(page, sent).status_code == 302
    session = Session.objects.get()
    assert (booked.units, session.units, session.minutes) == (minutes / 15, minutes / 15, minutes)
