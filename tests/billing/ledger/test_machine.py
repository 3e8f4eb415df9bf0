"""The ledger against a plain model of it: whatever is done in whatever order, they agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from billing.ledger import errors, replay
from billing.ledger import services as ledger
from billing.models import Authorization, Reservation
from billing.units import period_of
from tests import factories

START, END = date(2026, 6, 1), date(2026, 6, 30)
# Two in one week, one in another week of the month; and one too late.
DAYS = [date(2026, 6, 9), date(2026, 6, 10), date(2026, 6, 24)]
TOO_LATE = date(2026, 7, 1)
UNITS = st.integers(min_value=1, max_value=6)
MORE = st.integers(min_value=-6, max_value=8)
NTH = st.integers(min_value=0, max_value=99)
ENDED = ("released", "expired", "consumed", "reversed")
SCARCE = 16  # more is not granted, so that units run out
CAPS = st.none() | st.none() | st.integers(min_value=4, max_value=14)


@dataclass
class Held:
    units: int
    day: date
    state: str = "active"
    consumed: int = 0

    @property
    def counted(self) -> int:
        return {"active": self.units, "consumed": self.consumed}.get(self.state, 0)


class Ledger(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.service = factories.ServiceCodeFactory()
        clinic = self.service.organization
        self.actor = factories.actor(clinic)
        self.authorization = factories.AuthorizationFactory(
            organization=clinic,
            service_codes=[self.service],
            units=0,
            start_date=START,
            end_date=END,
        )
        self.total, self.entries = 0, 0
        self.caps: dict[str, int] = {}
        self.held: dict[int, Held] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    # The model

    @property
    def used(self) -> int:
        return sum(held.consumed for held in self.held.values() if held.state == "consumed")

    @property
    def reserved(self) -> int:
        return sum(held.units for held in self.held.values() if held.state == "active")

    @property
    def available(self) -> int:
        return self.total - self.used - self.reserved

    def is_capped(self, day: date, more: int) -> bool:
        return any(self.taken(day, period) + more > cap for period, cap in self.caps.items())

    def taken(self, day: date, period: Any) -> int:
        same = [
            held
            for held in self.held.values()
            if period_of(held.day, period) == period_of(day, period)
        ]
        return sum(held.counted for held in same)

    def does(self, expected: set[type[Exception]], call: Any, **values: Any) -> Any:
        """Call the ledger: refused for one of the expected reasons, or done when there is none."""
        try:
            result = call(actor=self.actor, **values)
        except tuple(expected):
            return None
        assert not expected, f"{call.__name__} should be refused: {expected}"
        self.entries += 1
        return result

    # What may happen

    @initialize(day=CAPS, week=CAPS, month=CAPS, units=UNITS)
    def begins(self, day: int | None, week: int | None, month: int | None, units: int) -> None:
        """With something to end from the first step on."""
        caps = {"day": day, "week": week, "month": month}
        self.caps = {period: cap for period, cap in caps.items() if cap}
        Authorization.objects.filter(pk=self.authorization.pk).update(
            **{f"cap_per_{period}": cap for period, cap in caps.items()}
        )
        self.authorization.refresh_from_db()
        self.grants(10 + units)
        for day_of_service in DAYS:
            self.reserve(2, day_of_service)

    @precondition(lambda self: self.total < SCARCE)
    @rule(units=UNITS)
    def grants(self, units: int) -> None:
        self.does(set(), ledger.grant, authorization=self.authorization, units=units)
        self.total += units

    @rule(units=st.integers(min_value=-12, max_value=6).filter(bool))
    def adjusts(self, units: int) -> None:
        refusals = {errors.NotEnoughUnits} if self.available + units < 0 else set()
        values = {"authorization": self.authorization, "units": units, "reason": "Letter"}
        if self.does(refusals, ledger.adjust, **values):
            self.total += units

    @rule(units=UNITS, day=st.sampled_from([*DAYS, *DAYS, TOO_LATE]))
    def reserve(self, units: int, day: date) -> None:
        refusals: set[type[Exception]] = set()
        if self.is_capped(day, units):
            refusals.add(errors.CapReached)
        if day > END:
            refusals.add(errors.OutsideDates)
        if units > self.available:
            refusals.add(errors.NotEnoughUnits)
        reservation = self.does(
            refusals,
            ledger.reserve,
            authorization=self.authorization,
            patient=self.authorization.patient,
            service_code=self.service,
            units=units,
            date_of_service=day,
            source=f"appointment:{self.entries}",
        )
        if reservation:
            self.held[reservation.pk] = Held(units, day)

    @precondition(lambda self: self.in_state("active"))
    @rule(nth=NTH, more=MORE)
    def consumes(self, nth: int, more: int) -> None:
        self.consume(self.pick(nth, "active"), more)

    @precondition(lambda self: self.in_state("active"))
    @rule(nth=NTH, state=st.sampled_from(["released", "expired"]))
    def ends_unused(self, nth: int, state: str) -> None:
        self.end(self.pick(nth, "active"), state)

    @precondition(lambda self: self.in_state("consumed"))
    @rule(nth=NTH)
    def reverses(self, nth: int) -> None:
        self.reverse(self.pick(nth, "consumed"))

    @precondition(lambda self: self.in_state(*ENDED))
    @rule(nth=NTH, more=MORE, how=st.sampled_from(["released", "expired", "consumed"]))
    def ends_again(self, nth: int, more: int, how: str) -> None:
        pk = self.pick(nth, *ENDED)
        if how == "consumed":
            self.consume(pk, more)
        else:
            self.end(pk, how)

    @precondition(lambda self: self.in_state("active", "released", "expired", "reversed"))
    @rule(nth=NTH)
    def reverses_what_was_not_consumed(self, nth: int) -> None:
        self.reverse(self.pick(nth, "active", "released", "expired", "reversed"))

    def in_state(self, *states: str) -> list[int]:
        return [pk for pk, held in self.held.items() if held.state in states]

    def pick(self, nth: int, *states: str) -> int:
        found = self.in_state(*states)
        return found[nth % len(found)]

    def end(self, pk: int, state: str) -> None:
        refusals = set() if self.held[pk].state == "active" else {errors.ReservationEnded}
        call = {"released": ledger.release, "expired": ledger.expire}[state]
        if self.does(refusals, call, reservation=self.fresh(pk)):
            self.held[pk].state = state

    def consume(self, pk: int, more: int) -> None:
        """Fewer units than reserved, as many, or more."""
        held = self.held[pk]
        units = max(held.units + more, 0)
        more = units - held.units
        refusals: set[type[Exception]] = set()
        if held.state != "active":
            refusals.add(errors.ReservationEnded)
        elif more > self.available:
            refusals.add(errors.NotEnoughUnits)
        if more > 0 and self.is_capped(held.day, more):
            refusals.add(errors.CapReached)
        if self.does(refusals, ledger.consume, reservation=self.fresh(pk), units=units):
            held.state, held.consumed = "consumed", units

    def reverse(self, pk: int) -> None:
        refusals = set() if self.held[pk].state == "consumed" else {errors.ReservationEnded}
        if self.does(refusals, ledger.reverse, reservation=self.fresh(pk), reason="Correction"):
            self.held[pk].state = "reversed"

    def fresh(self, pk: int) -> Reservation:
        return Reservation.objects.select_related("authorization__patient").get(pk=pk)

    # What holds after every step

    @invariant()
    def the_balance_is_the_models(self) -> None:
        kept = Authorization.objects.get(pk=self.authorization.pk)
        assert (kept.total_units, kept.used_units, kept.reserved_units, kept.entry_count) == (
            self.total,
            self.used,
            self.reserved,
            self.entries,
        )
        assert kept.available_units >= 0

    @invariant()
    def each_reservation_is_the_models(self) -> None:
        kept = Reservation.objects.filter(authorization=self.authorization)
        assert dict(kept.values_list("pk", "state")) == {
            pk: held.state for pk, held in self.held.items()
        }

    @invariant()
    def no_cap_is_passed(self) -> None:
        for held in self.held.values():
            assert not self.is_capped(held.day, 0)

    @invariant()
    def the_entries_explain_it(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        assert replay.differences() == []


@pytest.mark.django_db
@pytest.mark.parametrize("examples", [12, pytest.param(200, marks=pytest.mark.slow)])
def test_the_ledger_agrees_with_the_model(examples):
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=examples,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
