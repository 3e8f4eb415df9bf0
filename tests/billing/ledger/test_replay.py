"""Why a number is what it is, what it was, and whether the ledger still says so."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection

from billing.ledger import replay
from billing.ledger import services as ledger
from billing.ledger.replay import Balance
from billing.models import Authorization, LedgerEntry
from tests.factories import AuthorizationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def moved(authorization, reserve, admin) -> Authorization:
    """20 granted; 3 used of 4; 2 reserved."""
    ledger.consume(actor=admin, reservation=reserve(4), units=3)
    reserve(2)
    return authorization


def verify() -> str:
    out = StringIO()
    call_command("verify_ledger", stdout=out, stderr=out)
    return out.getvalue()


def tamper(sql: str) -> None:
    """As somebody with the keys to the database could: with every trigger off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("SET session_replication_role = origin")


def test_explain_lists_entries_newest_first_with_actor_and_reason(
    moved, admin, django_assert_num_queries
):
    with django_assert_num_queries(1):
        entries = list(replay.explain(moved))
        people = [entry.actor for entry in entries]
        states = [entry.reservation.state for entry in entries if entry.reservation]
    assert [entry.number for entry in entries] == [4, 3, 2, 1]
    assert people == [admin.user, admin.user, admin.user, None]
    assert states == ["active", "consumed", "consumed"]
    assert [entry.available_after for entry in entries] == [15, 17, 16, 20]


def test_balance_as_of_each_entry(moved, django_assert_num_queries):
    at = dict(moved.entries.values_list("number", "at"))
    expected = {
        1: Balance(20, 0, 0, 1),
        2: Balance(20, 0, 4, 2),
        3: Balance(20, 3, 0, 3),
        4: Balance(20, 3, 2, 4),
    }
    for number, balance in expected.items():
        with django_assert_num_queries(1):
            assert replay.balance_as_of(moved, at[number]) == balance
    before = at[1] - timedelta(microseconds=1)
    assert replay.balance_as_of(moved, before) == Balance()
    assert replay.balance_as_of(moved, at[4] + timedelta(days=400)).available == 15


def test_entries_have_the_databases_time(moved, admin, reserve):
    """Entries carry the database's time, so that their order is that of their numbers."""
    with time_machine.travel(0):
        reserve(1)
    instants = list(moved.entries.order_by("number").values_list("at", flat=True))
    assert instants == sorted(instants)


def test_a_clean_ledger(moved):
    assert "4 entries of 1 authorizations replayed: every balance agrees." in verify()


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        (
            "UPDATE billing_authorization SET used_units = used_units + 1",
            "the balance differs from its entries",
        ),
        (
            "UPDATE billing_authorization SET entry_count = entry_count + 1",
            "entries are missing or wrongly numbered",
        ),
        ("DELETE FROM billing_ledgerentry WHERE number = 3", "entries are missing"),
        (
            "DELETE FROM billing_ledgerentry WHERE number = 4",
            "the balance differs from its entries",
        ),
        ("UPDATE billing_ledgerentry SET number = 9 WHERE number = 4", "wrongly numbered"),
        (
            "UPDATE billing_ledgerentry SET used_after = used_after + 1 WHERE number = 3",
            "balance differs from the sum of the entries up to it",
        ),
        (
            "UPDATE billing_ledgerentry SET used_delta = 2 WHERE number = 3",
            "the balance differs from its entries",
        ),
        (
            "UPDATE billing_reservation SET state='released', ended_at=now() WHERE state='active'",
            "the balance differs from its reservations",
        ),
        (
            "UPDATE billing_reservation SET consumed_units = 4 WHERE state = 'consumed'",
            "the balance differs from its reservations",
        ),
    ],
)
def test_a_tampered_ledger_is_found(moved, sql, problem):
    tamper(sql)
    assert any(problem in found.problem for found in replay.differences())
    out = StringIO()
    with pytest.raises(CommandError, match="difference"):
        call_command("verify_ledger", stdout=out, stderr=out)
    assert f"authorization {moved.pk}: " in out.getvalue()


def test_one_that_lost_all_its_entries(moved):
    tamper("DELETE FROM billing_ledgerentry")
    assert not LedgerEntry.objects.exists()
    assert {found.authorization_id for found in replay.differences()} == {moved.pk}


def test_verifying_takes_as_many_queries_for_many(moved, django_assert_num_queries):
    AuthorizationFactory.create_batch(3)
    with django_assert_num_queries(1):
        assert replay.differences() == []
