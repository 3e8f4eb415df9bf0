"""Parts of an authorization's page that other apps draw: the appointments that hold its units.

An app registers its part when it is ready. The address takes the authorization's pk, and answers an
htmx request with the part alone, a plain one with a page.
"""

from __future__ import annotations

from dataclasses import dataclass

from accounts.actor import Actor


@dataclass(frozen=True)
class Panel:
    name: str
    url_name: str
    verb: str


_panels: dict[str, Panel] = {}


def register(name: str, url_name: str, verb: str) -> None:
    """Show `name` on every authorization's page to those who may do `verb`."""
    _panels[url_name] = Panel(name, url_name, verb)


def for_authorization(actor: Actor, pk: int) -> list[dict[str, str]]:
    return [
        {"name": panel.name, "url": actor.url(panel.url_name, pk=pk)}
        for panel in _panels.values()
        if actor.may(panel.verb)
    ]
