"""The ways of moving units that are compared, as a pair of calls for one writer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import OperationalError

from accounts.errors import DomainError
from accounts.writes import transaction
from bench import statements, yardsticks
from bench.data import Clinic
from bench.figures import Sample
from billing.ledger import services as ledger
from billing.models import Authorization, Reservation

SERVICE, SERVICE_SERIALIZABLE = "service", "service, serializable"
USUAL_DESIGN, ORM = "usual serializable", "plain ORM"
FAILED = (DomainError, OperationalError)


@dataclass
class Writer:
    """Reserves a unit and, the next time it has its turn, gives it back."""

    clinic: Clinic
    source: str
    choose: Callable[[], Authorization]
    sample: Sample
    held: Reservation | None = field(default=None)

    def step(self, way: str) -> None:
        try:
            if self.held is None:
                self.held = self._reserve(way, self.choose())
            else:
                self._release(way, self.held)
                self.held = None
            self.sample.operations += 1
        except FAILED:
            self.sample.failures += 1

    def _reserve(self, way: str, authorization: Authorization) -> Any:
        if way == ORM:
            return yardsticks.orm_reserve(self.clinic, authorization.pk, self.source)
        if way == USUAL_DESIGN:
            return yardsticks.serializable_reserve(
                self.clinic, authorization.pk, self.source, self.sample
            )
        return statements.reserve(self.clinic.api_actor, self.clinic, authorization, self.source)

    def _release(self, way: str, held: Reservation) -> None:
        if way == ORM:
            yardsticks.orm_release(self.clinic, held)
        elif way == USUAL_DESIGN:
            yardsticks.serializable_release(self.clinic, held, self.sample)
        else:
            ledger.release(actor=self.clinic.api_actor, reservation=held)


def isolate(way: str, count: Callable[[], None]) -> None:
    """Set the isolation that the way is named after; `count` is told of each retry."""
    serializable = way == SERVICE_SERIALIZABLE
    settings.UNIT_LEDGER_ISOLATION = "serializable" if serializable else "read committed"

    transaction.log = _Counting(count)


@dataclass
class _Counting:
    """Takes the place of the wrapper's log: each retry is a line in it."""

    count: Callable[[], None]

    def info(self, event: str, **about: Any) -> None:
        if event == "write_retried":
            self.count()
