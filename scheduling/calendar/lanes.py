"""Lays out overlapping items side by side, in lanes that share the width of a column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

T = TypeVar("T")

MAX_LANES = 6


@dataclass(frozen=True)
class Placed(Generic[T]):
    """`item` with its rows and lane; without an item, a summary of `more` items."""

    item: T | None
    row: int
    span: int
    lane: int = 1
    lanes: int = 1
    more: int = 0

    @property
    def end(self) -> int:
        return self.row + self.span


def arrange(placed: list[Placed[T]]) -> list[Placed[T]]:
    """Give lanes to items that overlap, directly or through others.

    Items that do not fit into MAX_LANES are replaced by a summary with their number.
    """
    found: list[Placed[T]] = []
    for cluster in _clusters(sorted(placed, key=lambda one: (one.row, -one.span))):
        found += _with_lanes(cluster)
    return found


def _clusters(ordered: list[Placed[T]]) -> Iterator[list[Placed[T]]]:
    cluster: list[Placed[T]] = []
    end = 0
    for one in ordered:
        if cluster and one.row >= end:
            yield cluster
            cluster = []
        end = max(end, one.end) if cluster else one.end
        cluster.append(one)
    if cluster:
        yield cluster


def _with_lanes(cluster: list[Placed[T]]) -> list[Placed[T]]:
    ends: list[int] = []
    with_lane: list[Placed[T]] = []
    for one in cluster:
        free = next((lane for lane, end in enumerate(ends) if end <= one.row), len(ends))
        if free == len(ends):
            ends.append(one.end)
        else:
            ends[free] = one.end
        with_lane.append(replace(one, lane=free + 1))
    lanes = min(len(ends), MAX_LANES)
    kept = with_lane
    if len(ends) > MAX_LANES:
        rest = [one for one in with_lane if one.lane >= MAX_LANES]
        kept = [one for one in with_lane if one.lane < MAX_LANES]
        kept += [_summary(part) for part in _clusters(rest)]
    return [replace(one, lanes=lanes) for one in kept]


def _summary(rest: list[Placed[T]]) -> Placed[T]:
    if len(rest) == 1:
        return replace(rest[0], lane=MAX_LANES)
    row = min(one.row for one in rest)
    span = max(one.end for one in rest) - row
    return Placed(item=None, row=row, span=span, lane=MAX_LANES, more=len(rest))
