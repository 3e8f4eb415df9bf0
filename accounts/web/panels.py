"""Parts of a patient's page that other apps draw.

An app registers its part when it is ready. The address takes the patient's pk, and answers an htmx
request with the part alone, in cards of its own, a plain one with a page.
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
    """Show `name` on every patient's page to those who may do `verb`."""
    _panels[url_name] = Panel(name, url_name, verb)


def for_patient(actor: Actor, pk: int) -> list[dict[str, str]]:
    # Apps register from the top of the house down; what lies deeper comes first on the page.
    return [
        {"name": panel.name, "url": actor.url(panel.url_name, pk=pk)}
        for panel in reversed(_panels.values())
        if actor.may(panel.verb)
    ]
