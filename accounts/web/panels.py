"""Parts of a record's page that other rooms draw: the appointments on a patient's page.

The app that draws a part registers it when it is ready. The part's address takes the pk of the
page's record. It answers an htmx request with the part alone, in cards of its own, and a plain
request with a page.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from accounts.actor import Actor


@dataclass(frozen=True)
class Panel:
    name: str
    url_name: str
    verb: str


_panels: defaultdict[str, list[Panel]] = defaultdict(list)


def register(page: str, name: str, url_name: str, verb: str) -> None:
    """Show `name` on every page of the URL name `page`, to those who may do `verb`.

    Apps are ready from accounts up, and what is registered last comes first on the page.
    """
    _panels[page].insert(0, Panel(name, url_name, verb))


def of_page(page: str, actor: Actor, pk: int) -> list[dict[str, str]]:
    """Name and address of each part that the actor may see."""
    return [
        {"name": panel.name, "url": actor.url(panel.url_name, pk=pk)}
        for panel in _panels[page]
        if actor.may(panel.verb)
    ]
