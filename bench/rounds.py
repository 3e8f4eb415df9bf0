"""Rounds in which every way has its turn, on a machine that does nothing else meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TypeVar

T = TypeVar("T")

SPIN_SECONDS = 0.03
BUSY = 1.4  # times as long by the clock as by the processor: others are at work
MORE_ROUNDS = 2


def alternate(ways: Mapping[str, Callable[[], T]], *, rounds: int) -> dict[str, list[T]]:
    """What each way gave in each clean round; every second round in the opposite order.

    A round in which others used the machine is repeated, a few times; when it never is quiet, what
    was measured counts, since all ways met the same.
    """
    clean: list[dict[str, T]] = []
    others: list[dict[str, T]] = []
    for number in range(rounds + MORE_ROUNDS):
        if len(clean) == rounds or len(clean) + len(others) >= rounds + MORE_ROUNDS:
            break
        order = list(ways) if number % 2 == 0 else list(reversed(ways))
        was_quiet = is_quiet()
        measured = {name: ways[name]() for name in order}
        (clean if was_quiet and is_quiet() else others).append(measured)
    taken = (clean + others)[:rounds]
    return {name: [one[name] for one in taken] for name in ways}


def is_quiet() -> bool:
    began, used = time.perf_counter(), time.process_time()
    while time.process_time() - used < SPIN_SECONDS:
        pass
    return (time.perf_counter() - began) / SPIN_SECONDS < BUSY
