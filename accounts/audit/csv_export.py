"""Lists as CSV, a row at a time."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from accounts.actor import Actor
from accounts.audit import wording
from accounts.models import Event

CHUNK = 2000
# A spreadsheet runs a cell that begins with one of these as a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
BYTE_ORDER_MARK = "\ufeff"  # without it Excel does not read the file as UTF-8


class _Echo:
    """A file-like object for `csv.writer` that returns each line instead of storing it."""

    def write(self, line: str) -> str:
        return line


def cell(value: Any) -> str:
    """The value as text, with a quote in front where a spreadsheet would run it as a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def streamed(rows: Iterable[Iterable[Any]], *, filename: str) -> StreamingHttpResponse:
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield BYTE_ORDER_MARK
        for row in rows:
            yield writer.writerow([cell(value) for value in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def event_rows(actor: Actor, events: QuerySet[Event]) -> Iterator[list[Any]]:
    yield [
        *("time", "user", "role", "action", "object", "object id", "patient", "MRN"),
        *("break glass", "details", "channel", "address", "request"),
    ]
    for event in events.iterator(chunk_size=CHUNK):
        yield [
            actor.organization.local(event.at).isoformat(timespec="seconds"),
            event.actor.email if event.actor else "",
            event.actor_role,
            event.action,
            event.object_type,
            event.object_id,
            event.patient,
            event.patient.mrn if event.patient else "",
            event.break_glass_id,
            wording.details(event, actor.organization.zone, {}),  # ids, since programs read it
            event.channel,
            event.address,
            event.request_id,
        ]
