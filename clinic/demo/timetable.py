"""A team's week: who and which room is occupied when, so that there is no double booking."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from random import Random

from accounts.models import Practitioner
from billing.models import ServiceCode
from scheduling.models import Location, Room

OPENS, CLOSES = 8 * 60, 18 * 60
# On weekends there are no appointments in the afternoon.
WEEKEND_CLOSES = 13 * 60
STEP = 30


@dataclass(frozen=True, slots=True)
class Slot:
    """A weekly time. `start` and `minutes` are minutes; `start` counts from midnight."""

    weekday: int
    start: int
    minutes: int
    practitioner: Practitioner
    service_code: ServiceCode
    location: Location
    room: Room | None

    @property
    def end(self) -> int:
        return self.start + self.minutes


class Timetable:
    def __init__(self, random: Random) -> None:
        self._random = random
        self._occupied: dict[tuple[Hashable, int], list[tuple[int, int]]] = defaultdict(list)

    def is_free(self, who: Hashable, weekday: int, start: int, end: int) -> bool:
        return all(end <= a or b <= start for a, b in self._occupied[who, weekday])

    def occupy(self, whose: Iterable[Hashable], weekday: int, start: int, end: int) -> None:
        for who in whose:
            self._occupied[who, weekday].append((start, end))

    def find(
        self, whose: Sequence[Hashable], *, days: Iterable[int], minutes: int
    ) -> tuple[int, int] | None:
        """A weekday and start (minutes from midnight) when all are free; None if there is none."""
        found = [
            (weekday, start)
            for weekday in days
            for start in self._starts(weekday, minutes)
            if all(self.is_free(who, weekday, start, start + minutes) for who in whose)
        ]
        return self._random.choice(found) if found else None

    def free_room(self, rooms: Sequence[Room], weekday: int, start: int, end: int) -> Room | None:
        free = [room for room in rooms if self.is_free(room, weekday, start, end)]
        return self._random.choice(free) if free else None

    def _starts(self, weekday: int, minutes: int) -> range:
        closes = CLOSES if weekday < 5 else WEEKEND_CLOSES
        return range(OPENS, closes - minutes + 1, STEP)
