from __future__ import annotations

from dataclasses import dataclass

from accounts.actor import Actor

ORGANIZATION = "Caretally-Organization"


@dataclass(frozen=True)
class Access:
    """What a request came with: `credential` names it, `scopes` say how far it reaches."""

    actor: Actor
    credential: str
    scopes: frozenset[str]
