from __future__ import annotations

from dataclasses import dataclass

from accounts.actor import Actor

ORGANIZATION = "Caretally-Organization"


@dataclass(frozen=True)
class Access:
    """What a request was authenticated with: the name of its credential, and its scopes."""

    actor: Actor
    credential: str
    scopes: frozenset[str]
