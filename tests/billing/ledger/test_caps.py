"""Units per day, week and month: what the service says, and the trigger that counts again."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.errors import from_integrity_error
from billing.authorizations import services as authorizations
from billing.ledger import errors, replay, rules
from billing.ledger import services as ledger
from billing.models import Authorization
from billing.units import period_of
from tests.billing.conftest import TODAY

pytestmark = pytest.mark.django_db

WEDNESDAY = TODAY


@pytest.fixture
def capped(authorization):
    """Set caps, and give the authorization back as it is then."""

    def capped(**caps: int) -> Authorization:
        Authorization.objects.filter(pk=authorization.pk).update(
            **{f"cap_per_{period}": units for period, units in caps.items()}
        )
        authorization.refresh_from_db()
        return authorization

    return capped


@pytest.mark.parametrize(
    ("period", "inside", "outside", "until"),
    [
        ("day", WEDNESDAY, WEDNESDAY + timedelta(days=1), "10 Jun 2026"),
        # ISO weeks: Monday the 8th to Sunday the 14th.
        ("week", date(2026, 6, 14), date(2026, 6, 15), "14 Jun 2026"),
        ("week", date(2026, 6, 8), date(2026, 6, 7), "14 Jun 2026"),
        ("month", date(2026, 6, 30), date(2026, 7, 1), "30 Jun 2026"),
        ("month", date(2026, 6, 1), date(2026, 5, 31), "30 Jun 2026"),
    ],
)
def test_refuses_within_the_period_only(capped, reserve, period, inside, outside, until):
    capped(**{period: 6})
    reserve(4)
    with pytest.raises(errors.CapReached) as raised:
        reserve(3, date_of_service=inside)
    error = raised.value
    assert error.code == "cap_reached"
    assert error.message == (
        f"3 units needed, but A-1042 allows 6 per {period} and 4 are reserved or used "
        f"(until {until})."
    )
    figures = {"period": period, "cap": 6, "held": 4, "needed": 3, "available": 2}
    assert error.data.items() >= figures.items()
    assert reserve(2, date_of_service=inside).pk
    assert reserve(6, date_of_service=outside).pk


def test_the_tightest_cap_counts(capped, reserve):
    capped(day=8, week=4, month=6)
    with pytest.raises(errors.CapReached, match="allows 4 per week"):
        reserve(5)


def test_consumed_units_count_and_released_do_not(capped, reserve, admin):
    capped(day=6)
    ledger.consume(actor=admin, reservation=reserve(4), units=4)
    with pytest.raises(errors.CapReached, match="4 are reserved"):
        reserve(4)
    for end in (ledger.release, ledger.expire):
        end(actor=admin, reservation=reserve(2))
    assert reserve(2).pk


def test_released_units_do_not_count_towards_the_cap(capped, reserve, admin):
    capped(day=6)
    ledger.consume(actor=admin, reservation=reserve(6), units=2)
    assert reserve(4).pk


def test_reversed_units_do_not_count_towards_the_cap(capped, reserve, admin):
    capped(day=6)
    reservation = reserve(6)
    ledger.consume(actor=admin, reservation=reservation, units=6)
    ledger.reverse(actor=admin, reservation=reservation, reason="Correction")
    assert reserve(6).pk


def test_consuming_more_than_reserved_respects_the_cap(capped, reserve, admin):
    capped(week=6)
    reservation = reserve(4)
    with pytest.raises(errors.CapReached) as raised:
        ledger.consume(actor=admin, reservation=reservation, units=7)
    assert (raised.value.data["held"], raised.value.data["needed"]) == (4, 3)
    ledger.consume(actor=admin, reservation=reservation, units=6)
    assert replay.differences() == []


def test_a_cap_lowered_later_lets_booked_sessions_pass(capped, reserve, admin):
    capped(day=8)
    first, second = reserve(4), reserve(4)
    capped(day=4)
    ledger.consume(actor=admin, reservation=first, units=4)
    with pytest.raises(errors.CapReached):
        ledger.consume(actor=admin, reservation=second, units=5)
    ledger.consume(actor=admin, reservation=second, units=3)
    assert replay.differences() == []


def test_caps_of_another_authorization_do_not_count(capped, reserve, admin, patient, policy):
    capped(day=4)
    reserve(4)
    second = authorizations.create(
        actor=admin,
        patient=patient,
        policy=policy,
        number="A-2",
        service_codes=[row.service_code for row in capped().services.all()],
        start_date=TODAY,
        end_date=TODAY,
        total_units=4,
        cap_per_day=4,
    )
    assert reserve(4, authorization=second).pk


@pytest.mark.parametrize("period", ["day", "week", "month"])
def test_where_a_lowered_cap_is_exceeded_counts_what_the_cap_counts(capped, reserve, admin, period):
    in_part, given_back, _ = reserve(6), reserve(8), reserve(2)
    ledger.consume(actor=admin, reservation=in_part, units=3)
    ledger.release(actor=admin, reservation=given_back, reason="Ill")
    reserve(1, date_of_service=WEDNESDAY + timedelta(days=40))
    authorization = capped(**{period: 4})
    first, _ = period_of(WEDNESDAY, period)
    assert rules.units_held(authorization, WEDNESDAY, period) == 5
    assert rules.over_cap(authorization, period, since=WEDNESDAY) == {first: 5}
    assert rules.over_cap(capped(**{period: 5}), period, since=WEDNESDAY) == {}


class TestTrigger:
    """Without the service: raw SQL that would pass a cap."""

    @pytest.mark.parametrize("period", ["day", "week", "month"])
    def test_a_reservation_too_many(self, capped, reserve, period):
        capped(**{period: 6})
        reservation = reserve(4)
        with pytest.raises(IntegrityError) as raised, transaction.atomic():
            insert_reservation_like(reservation.pk, units=3)
        refusal = from_integrity_error(raised.value)
        assert refusal is not None
        assert refusal.code == "cap_reached"

    def test_a_consumption_too_large(self, capped, reserve):
        capped(day=6)
        reservation = reserve(4)
        with (
            pytest.raises(IntegrityError, match="more units than a cap"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "UPDATE billing_reservation SET state = 'consumed', consumed_units = 7, "
                "ended_at = now() WHERE id = %s",
                [reservation.pk],
            )

    def test_what_a_stale_object_hides(self, capped, reserve, authorization):
        """The caller's object knows of no cap, so only the trigger can refuse."""
        capped(day=4)
        authorization.cap_per_day = None
        with pytest.raises(errors.Conflict) as raised:
            reserve(5, authorization=authorization)
        assert raised.value.code == "cap_reached"


def insert_reservation_like(pk: int, *, units: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO billing_reservation (organization_id, authorization_id, service_code_id,
                units, date_of_service, source, state, created_at)
            SELECT organization_id, authorization_id, service_code_id, %s, date_of_service,
                'another', 'active', now()
              FROM billing_reservation WHERE id = %s
            """,
            [units, pk],
        )
