"""What units are reserved for, such as "appointment:17". Billing does not interpret it: the app
that owns the source resolves it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from accounts.actor import Actor


@dataclass(frozen=True)
class Source:
    """A source as shown on a page: its title, and its URL if the actor may open it."""

    title: str
    url: str = ""


# Takes the ids after the colon. Returns the sources, by id, that the actor may see.
Resolver = Callable[[Actor, Collection[int]], dict[int, Source]]


@dataclass(frozen=True)
class Owner:
    """The app that owns the sources of a kind. `advice` says what to do instead of moving units."""

    kind: str
    resolver: Resolver
    advice: str


_owners: dict[str, Owner] = {}


def register(kind: str, resolver: Resolver, *, advice: str) -> None:
    """Register the owner of the sources "kind:id". Called in `ready` of the app that owns them."""
    _owners[kind] = Owner(kind, resolver, advice)


def owner_of(source: str) -> Owner | None:
    """The app that owns the source; None for a source that another program named."""
    return _owners.get(source.partition(":")[0])


def resolve(actor: Actor, sources: Iterable[str]) -> dict[str, Source]:
    """The title and URL of every source, with one call to the resolver of each kind."""
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
