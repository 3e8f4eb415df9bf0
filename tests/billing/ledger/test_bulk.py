"""Loading many movements at once: lawful as one at a time, and refused when tampered with."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.errors import Conflict, Invalid, NotAllowed, NotFound
from accounts.models import Event
from billing.ledger import bulk, replay
from billing.ledger import services as ledger
from billing.ledger.bulk import Movement
from billing.ledger.errors import NotEnoughUnits
from billing.models import Authorization, LedgerEntry, Reservation
from tests.factories import AuthorizationFactory, actor

pytestmark = pytest.mark.django_db

Kind = LedgerEntry.Kind
State = Reservation.State


@pytest.fixture
def authorization() -> Authorization:
    return AuthorizationFactory(units=0)


@pytest.fixture
def system(authorization: Authorization) -> Actor:
    return Actor.system(authorization.organization, channel="test")


def ago(**time: float) -> datetime:
    return timezone.now() - timedelta(**time)


def reservation(authorization: Authorization, units: int, **values: Any) -> Reservation:
    return Reservation(
        organization=authorization.organization,
        authorization=authorization,
        service_code=authorization.service_codes.get(),
        units=units,
        date_of_service=authorization.start_date,
        source=f"test:{units}",
        **values,
    )


def history(authorization: Authorization, by: Actor) -> list[Movement]:
    """Grant 20; reserve 4, 6 and 5; use 3 of the 4, release the 6; in no order."""
    used = reservation(
        authorization, 4, state=State.CONSUMED, consumed_units=3, ended_at=ago(days=5)
    )
    freed = reservation(authorization, 6, state=State.RELEASED, ended_at=ago(days=4))
    held = reservation(authorization, 5)
    movement = {"authorization": authorization, "by": by}
    return [
        Movement(kind=Kind.CONSUME, units=3, at=ago(days=5), reservation=used, **movement),
        Movement(kind=Kind.GRANT, units=20, at=ago(days=20), **movement),
        Movement(kind=Kind.RESERVE, units=4, at=ago(days=10), reservation=used, **movement),
        Movement(kind=Kind.RESERVE, units=5, at=ago(days=3), reservation=held, **movement),
        Movement(kind=Kind.RELEASE, units=6, at=ago(days=4), reservation=freed, **movement),
        Movement(kind=Kind.RESERVE, units=6, at=ago(days=9), reservation=freed, **movement),
    ]


def test_loaded_movements_are_entries_in_the_order_of_time(
    authorization: Authorization, system: Actor
) -> None:
    bulk.load(actor=system, movements=history(authorization, system))
    check_constraints()

    entries = LedgerEntry.objects.filter(authorization=authorization)
    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5, 6]
    assert [entry.kind for entry in entries] == [
        Kind.GRANT,
        Kind.RESERVE,
        Kind.RESERVE,
        Kind.CONSUME,
        Kind.RELEASE,
        Kind.RESERVE,
    ]
    assert [entry.available_after for entry in entries] == [20, 16, 10, 11, 17, 12]
    assert sorted(entries, key=lambda entry: entry.at) == list(entries)
    authorization.refresh_from_db()
    assert (authorization.total_units, authorization.used_units, authorization.reserved_units) == (
        20,
        3,
        5,
    )
    assert replay.differences() == []
    assert Event.objects.filter(object_id=authorization.pk, action="unit.reserved").count() == 3


def test_the_ledger_goes_on_after_what_was_loaded(
    authorization: Authorization, system: Actor
) -> None:
    bulk.load(actor=system, movements=history(authorization, system))
    held = Reservation.objects.active().get()
    ledger.consume(actor=system, reservation=held, units=5)
    more = Movement(authorization=authorization, kind=Kind.GRANT, units=2, at=ago(), by=system)
    bulk.load(actor=system, movements=[more])
    check_constraints()
    assert replay.differences() == []
    assert LedgerEntry.objects.filter(authorization=authorization).last().available_after == 14


def test_a_balance_that_was_never_lawful_is_refused_with_its_figures(
    authorization: Authorization, system: Actor
) -> None:
    movements = history(authorization, system)
    late_grant = [
        Movement(authorization=authorization, kind=Kind.GRANT, units=20, at=ago(days=8), by=system)
        if movement.kind == Kind.GRANT
        else movement
        for movement in movements
    ]
    with pytest.raises(NotEnoughUnits) as refused:
        bulk.load(actor=system, movements=late_grant)
    assert refused.value.data["needed"] == 4
    assert not LedgerEntry.objects.exists()


def test_what_lies_in_the_future_or_before_the_last_entry_is_refused(
    authorization: Authorization, system: Actor
) -> None:
    grant = {"authorization": authorization, "kind": Kind.GRANT, "units": 1, "by": system}
    with pytest.raises(Invalid, match="future"):
        bulk.load(actor=system, movements=[Movement(at=ago(days=-1), **grant)])
    bulk.load(actor=system, movements=[Movement(at=ago(days=1), **grant)])
    with pytest.raises(Conflict, match="later entry"):
        bulk.load(actor=system, movements=[Movement(at=ago(days=2), **grant)])


def test_only_the_system_loads_and_only_into_its_own_clinic(
    authorization: Authorization, system: Actor
) -> None:
    movements = history(authorization, system)
    with pytest.raises(NotAllowed):
        bulk.load(actor=actor(authorization.organization), movements=movements)
    elsewhere = Actor.system(AuthorizationFactory().organization, channel="test")
    with pytest.raises(NotFound):
        bulk.load(actor=elsewhere, movements=movements)


def entry(authorization: Authorization, number: int, **figures: int) -> LedgerEntry:
    return LedgerEntry(
        organization=authorization.organization,
        authorization=authorization,
        number=number,
        kind=Kind.GRANT,
        units=figures["total_delta"],
        used_after=0,
        reserved_after=0,
        **figures,
    )


def jump(
    authorization: Authorization, entries: list[dict[str, int]], *, total: int, count: int
) -> None:
    LedgerEntry.objects.bulk_create(entry(authorization, **figures) for figures in entries)
    Authorization.objects.filter(pk=authorization.pk).update(total_units=total, entry_count=count)
    check_constraints()


LAWFUL = [
    {"number": 1, "total_delta": 5, "total_after": 5},
    {"number": 2, "total_delta": 7, "total_after": 12},
    {"number": 3, "total_delta": 1, "total_after": 13},
]


@pytest.mark.parametrize(
    ("entries", "total", "count"),
    [
        pytest.param(LAWFUL, 14, 3, id="the balance is not the last entry's"),
        pytest.param(LAWFUL[:2], 12, 3, id="the last entry is missing"),
        pytest.param([LAWFUL[0], LAWFUL[2]], 13, 3, id="an entry in the middle is missing"),
        pytest.param([], 13, 3, id="there are no entries at all"),
        pytest.param(LAWFUL, 12, 2, id="an entry more than the balance counts"),
        pytest.param(
            [LAWFUL[0], {"number": 2, "total_delta": 7, "total_after": 11}, LAWFUL[2]],
            13,
            3,
            id="a balance in between does not follow",
        ),
        pytest.param(
            [LAWFUL[0], {"number": 2, "total_delta": 6, "total_after": 12}, LAWFUL[2]],
            13,
            3,
            id="the movements do not add up",
        ),
    ],
)
def test_the_database_refuses_a_jump_that_its_entries_do_not_explain(
    authorization: Authorization, entries: list[dict[str, int]], total: int, count: int
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        jump(authorization, entries, total=total, count=count)


def test_the_database_takes_a_jump_that_its_entries_explain(authorization: Authorization) -> None:
    jump(authorization, LAWFUL, total=13, count=3)
    assert replay.differences() == []


@pytest.mark.parametrize(
    "change",
    [{"total_units": 30}, {"entry_count": 0}, {"entry_count": 0, "total_units": 0}],
)
def test_the_database_refuses_a_balance_that_moves_without_entries(
    authorization: Authorization, system: Actor, change: dict[str, int]
) -> None:
    bulk.load(actor=system, movements=history(authorization, system))
    with pytest.raises(IntegrityError, match="only with a ledger entry"), transaction.atomic():
        Authorization.objects.filter(pk=authorization.pk).update(**change)


def check_constraints() -> None:
    """What a commit would check."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
