"""For what units are held, in words: "appointment:17" is opaque here until somebody explains it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from accounts.actor import Actor


@dataclass(frozen=True)
class Source:
    """What to call it, and where it is, if the actor may go there."""

    title: str
    url: str = ""


# Given the ids after the colon, says what it knows of them, by id, as far as the actor may see.
Resolver = Callable[[Actor, Collection[int]], dict[int, Source]]

_resolvers: dict[str, Resolver] = {}


def register(kind: str, resolver: Resolver) -> None:
    """Explain sources "kind:id". Called when the app that hands out such sources is ready."""
    _resolvers[kind] = resolver


def resolve(actor: Actor, sources: Iterable[str]) -> dict[str, Source]:
    """Every source, explained: one call to the resolver of each kind, whatever their number."""
    wanted = {source for source in sources if source}
    ids: dict[str, list[int]] = defaultdict(list)
    for source in wanted:
        kind, _, number = source.partition(":")
        if number.isdecimal():
            ids[kind].append(int(number))
    found = {source: Source(source.replace(":", " ").capitalize()) for source in wanted}
    for kind, numbers in ids.items():
        if resolver := _resolvers.get(kind):
            explained = resolver(actor, numbers)
            found |= {f"{kind}:{number}": source for number, source in explained.items()}
    return found
