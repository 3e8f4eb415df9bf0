"""Minutes to units: the published tables, and the edges between them."""

from datetime import date

import pytest

from billing.models import Rounding, ServiceCode
from billing.units import period_of, units_for

# CMS, Claims Processing Manual (100-04), chapter 5, section 20.2, "Counting minutes for timed codes
# in 15 minute units": first and last minute of each number of units.
CMS = [(1, 7, 0), (8, 22, 1), (23, 37, 2), (38, 52, 3), (53, 67, 4), (68, 82, 5), (83, 97, 6),
       (98, 112, 7), (113, 127, 8)]  # fmt: skip


def service(rounding: Rounding, *, minutes: int = 15, is_timed: bool = True) -> ServiceCode:
    return ServiceCode(rounding=rounding, minutes_per_unit=minutes, is_timed=is_timed)


@pytest.mark.parametrize(("first", "last", "units"), CMS)
def test_cms_table(first, last, units):
    for minutes in range(first, last + 1):
        assert units_for(service(Rounding.CMS), minutes) == units, minutes


@pytest.mark.parametrize(
    ("minutes", "units"), [(1, 1), (15, 1), (16, 2), (30, 2), (31, 3), (60, 4), (61, 5)]
)
def test_up_counts_a_started_unit(minutes, units):
    assert units_for(service(Rounding.UP), minutes) == units


@pytest.mark.parametrize(
    ("per_unit", "minutes", "units"),
    [
        (15, 7, 0),
        (15, 8, 1),
        (15, 22, 1),
        (15, 23, 2),
        # An hour is attained with the 31st minute, not the 30th: more than half.
        (60, 30, 0),
        (60, 31, 1),
        (60, 90, 1),
        (60, 91, 2),
        (30, 15, 0),
        (30, 16, 1),
    ],
)
def test_midpoint_needs_more_than_half(per_unit, minutes, units):
    assert units_for(service(Rounding.MIDPOINT, minutes=per_unit), minutes) == units


@pytest.mark.parametrize("minutes", [1, 15, 45, 480])
def test_one_per_session(minutes):
    assert units_for(service(Rounding.SESSION), minutes) == 1
    assert units_for(service(Rounding.CMS, is_timed=False), minutes) == 1


@pytest.mark.parametrize("rounding", Rounding)
@pytest.mark.parametrize("minutes", [0, -1, -60])
def test_no_time_is_no_units(rounding, minutes):
    assert units_for(service(rounding), minutes) == 0


@pytest.mark.parametrize(
    ("day", "period", "first", "last"),
    [
        (date(2026, 6, 10), "day", date(2026, 6, 10), date(2026, 6, 10)),
        (date(2026, 6, 10), "week", date(2026, 6, 8), date(2026, 6, 14)),
        (date(2026, 6, 8), "week", date(2026, 6, 8), date(2026, 6, 14)),
        (date(2026, 6, 14), "week", date(2026, 6, 8), date(2026, 6, 14)),
        # The ISO week that spans the year.
        (date(2027, 1, 1), "week", date(2026, 12, 28), date(2027, 1, 3)),
        (date(2026, 6, 30), "month", date(2026, 6, 1), date(2026, 6, 30)),
        (date(2028, 2, 29), "month", date(2028, 2, 1), date(2028, 2, 29)),
        (date(2026, 12, 5), "month", date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_periods(day, period, first, last):
    assert period_of(day, period) == (first, last)
