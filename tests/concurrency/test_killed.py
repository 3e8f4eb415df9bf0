"""A process killed between any two statements of a write leaves all of it or nothing."""

from __future__ import annotations

import itertools
import os
import signal
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from accounts.actor import Actor
from accounts.models import CareTeamMember, Event, IdempotencyKey
from billing.ledger import services as ledger
from billing.models import Authorization, LedgerEntry, Reservation
from scheduling.appointments import cancellation
from scheduling.models import Appointment, Session
from scheduling.sessions import services as sessions
from tests.concurrency.clinic import Clinic
from tests.concurrency.consistency import problems

TABLES = (
    Appointment,
    Authorization,
    CareTeamMember,
    Event,
    IdempotencyKey,
    LedgerEntry,
    Reservation,
    Session,
)
Write = Callable[[], Any]


def everything() -> dict[str, list[dict[str, Any]]]:
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in TABLES}


def lives(write: Write, *, killed_at: int) -> bool:
    """Run `write` in a child process that is killed at that step; False if it came so far.

    The steps are its statements, each before it is sent, then its commit, before and after.
    """
    with ThreadPoolExecutor(1) as thread:
        status = thread.submit(_status_of_child, write, killed_at).result()
    _until_the_server_knows()
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the write failed by itself"
    return os.WIFEXITED(status)


def _status_of_child(write: Write, killed_at: int) -> int:
    """In a thread of its own, whose connection to the database is nobody else's.

    In the thread of the tests, after a browser test, an event loop runs, but not in a child of it:
    Django keeps connections apart for both, so that the child would take over an old one, which
    the server would not see end with it.
    """
    child = os.fork()
    if child == 0:
        _in_child(write, killed_at)
    return os.waitpid(child, 0)[1]


def _until_the_server_knows() -> None:
    """Until the server notices that a client is dead, its locks remain."""
    others = """
        SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
           AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND state LIKE 'idle in%'
    """
    for _ in range(100):
        with connection.cursor() as cursor:
            cursor.execute(others)
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.02)


def _in_child(write: Write, killed_at: int) -> None:
    steps = itertools.count(1)

    def step() -> None:
        if next(steps) == killed_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(execute: Callable[..., Any], *args: Any) -> Any:
        step()
        return execute(*args)

    commit = connection._commit

    def counted_commit() -> None:
        step()
        commit()
        step()

    connection._commit = counted_commit
    try:
        with connection.execute_wrapper(statement):
            write()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def book(clinic: Clinic) -> Write:
    starts_at = clinic.day(7)
    return lambda: clinic.book(starts_at, actor=clinic.actor.with_key("again"))


def reschedule(clinic: Clinic) -> Write:
    """Everything that can change does: time, practitioner and authorization."""
    booked, starts_at = clinic.book(), clinic.day(8)
    (practitioner,), other = clinic.practitioners(1), clinic.authorize(units=4)
    return lambda: clinic.move(
        booked,
        starts_at,
        actor=clinic.actor.with_key("again"),
        practitioner=practitioner,
        authorization=other,
    )


def cancel(clinic: Clinic) -> Write:
    booked = clinic.book()
    return lambda: clinic.cancel(booked, actor=clinic.actor.with_key("again"))


def restore(clinic: Clinic) -> Write:
    booked = clinic.cancel(clinic.book())
    actor = clinic.actor.with_key("again")
    return lambda: cancellation.restore(actor=actor, appointment=booked)


def complete(clinic: Clinic) -> Write:
    """From a booking, so that the session is written too; shorter, so that units are released."""
    booked, ended_at = clinic.book_today(), clinic.now()
    actor = clinic.actor.with_key("again")
    return lambda: clinic.complete(booked, minutes=30, ended_at=ended_at, actor=actor)


def reopen(clinic: Clinic) -> Write:
    booked = clinic.book_today()
    clinic.complete(booked)
    actor = clinic.actor.with_key("again")
    return lambda: sessions.reopen(actor=actor, appointment=booked, reason="Another patient's")


@pytest.mark.parametrize(
    ("prepare", "balance"),
    [
        (book, (40, 0, 4)),
        (reschedule, (40, 0, 0)),
        (cancel, (40, 0, 0)),
        (restore, (40, 0, 4)),
        (complete, (40, 2, 0)),
        (reopen, (40, 0, 4)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_killed_between_any_two_statements(
    clinic: Clinic, prepare: Callable[[Clinic], Write], balance: tuple[int, int, int]
) -> None:
    write = prepare(clinic)
    before = everything()
    for step in itertools.count(1):
        if lives(write, killed_at=step):
            break
        after = everything()
        assert problems() == []
        # Only the last step lies behind the commit.
        assert after == before or lives(write, killed_at=step + 1), f"half done at step {step}"
    assert step > 10
    assert after != before
    assert everything() == after, "the next attempt found the first one's result"
    assert clinic.balance() == balance


def test_without_one_transaction_the_halves_are_seen(clinic):
    """The control: with a commit after every statement, the same killing finds halves."""
    starts_at = clinic.day(7)

    def piece(execute: Callable[..., Any], *args: Any) -> Any:
        result = execute(*args)
        connection.connection.commit()
        return result

    def book_in_pieces() -> None:
        with connection.execute_wrapper(piece):
            clinic.book(starts_at)

    halves = (not lives(book_in_pieces, killed_at=step) and problems() for step in range(1, 99))
    (half,) = next(filter(None, halves))
    assert "held by no appointment" in half
    give_back_what_nobody_holds()


def give_back_what_nobody_holds() -> None:
    for lost in Reservation.objects.active():
        ledger.release(
            actor=Actor.system(lost.organization, channel="test"), reservation=lost, reason="lost"
        )
