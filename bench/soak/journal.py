"""A log of what the clients requested and were answered, in order."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any


@dataclass
class Act:
    """One write that a client wants done once, however often it has to ask.

    `last_sent` and `answered` are of the monotonic clock, in seconds.
    """

    client: int
    kind: str
    path: str
    body: dict[str, Any]
    key: str
    status: int = 0  # nothing yet
    answer: dict[str, Any] = field(default_factory=dict)
    tries: int = 0
    last_sent: float = 0.0
    answered: float = 0.0

    @property
    def is_done(self) -> bool:
        return 200 <= self.status < 300

    @property
    def refusal(self) -> str:
        return str(self.answer["errors"][0]["code"]) if self.status >= 400 else ""


class Journal:
    """Shared by all clients."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.acts: list[Act] = []
        self.unanswered: list[Act] = []
        self.surprises: list[str] = []

    def begin(self, act: Act) -> None:
        with self._lock:
            self.acts.append(act)

    def give_up(self, act: Act) -> None:
        with self._lock:
            self.unanswered.append(act)

    def wonder(self, text: str) -> None:
        """About an answer that no client should have been given."""
        with self._lock:
            self.surprises.append(text)

    def done(self, *kinds: str) -> list[Act]:
        return [act for act in self.acts if act.is_done and (not kinds or act.kind in kinds)]

    def longest_silence(self, since: float, until: float) -> float:
        """The longest time without an acknowledged write between two instants, in seconds."""
        inside = sorted(a.answered for a in self.acts if a.is_done and since < a.answered < until)
        instants = [since, *inside, until]
        return max(after - before for before, after in pairwise(instants))


def now() -> float:
    return time.monotonic()
