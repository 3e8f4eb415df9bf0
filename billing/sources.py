"""For what units are held: "appointment:17" is opaque here; the app that owns it explains it."""

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


@dataclass(frozen=True)
class Owner:
    """An app that hands out sources of a kind. `advice` is what to do in place of moving units."""

    kind: str
    resolver: Resolver
    advice: str


_owners: dict[str, Owner] = {}


def register(kind: str, resolver: Resolver, *, advice: str) -> None:
    """Own and explain sources "kind:id". Called when the app that hands them out is ready."""
    _owners[kind] = Owner(kind, resolver, advice)


def owner_of(source: str) -> Owner | None:
    """Whose the source is; None for one in the words of a program outside."""
    return _owners.get(source.partition(":")[0])


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
        if owner := _owners.get(kind):
            explained = owner.resolver(actor, numbers)
            found |= {f"{kind}:{number}": source for number, source in explained.items()}
    return found
