"""The event catalogue as a page of the documentation, with an example of each type."""

from __future__ import annotations

import json
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from django.conf import settings

from accounts.webhooks import catalogue, payload
from accounts.webhooks.catalogue import EventType

FILE = Path(settings.BASE_DIR, "docs", "webhooks-catalogue.md")
HEAD = """\
# The events that webhooks receive

Written by `manage.py webhook_catalogue`; [webhooks.md](webhooks.md) says how they arrive. An
endpoint asks for a type by its name, for all types of a noun (`appointment.*`), or for everything
(`*`).

Every message has the same shape. `data.object` and `data.object_id` say what it is about,
`data.patient_id` whose record it concerns, `data.by` who did it. `data.figures` holds what stands
under "Figures" below, each of its kind or null; `data.changed` the names of the fields that
changed. Names, reasons and clinical text are never sent: what you need, read from the API with a
key of your own.
"""


def catalogue_as_markdown() -> str:
    parts = [HEAD]
    for noun, types in groupby(catalogue.types(), key=attrgetter("noun")):
        parts.append(f"\n## {noun}.*\n")
        parts += [_entry(one) for one in types]
    return "".join(parts)


def _entry(kind: EventType) -> str:
    example = json.dumps(payload.example(kind), indent=2)
    return f"\n### {kind.name}\n\n{kind.summary}{_figures(kind)}\n\n```json\n{example}\n```\n"


def _figures(kind: EventType) -> str:
    named = [f"`{name}{one.suffix}` ({one.words})" for name, one in kind.figures.items()]
    return f" Figures: {', '.join(named)}." if named else ""
