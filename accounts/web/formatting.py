"""Times, durations, statuses and names as pages show them; for templates and tables alike."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from accounts.web import marks


def status_mark(status: Any, *, label: str = "", bare: bool = False) -> SafeString:
    """A status by shape, colour and word; `bare` leaves the word to screen readers."""
    mark = marks.mark_of(str(status))
    return format_html(
        '<span class="status tone-{}"><svg class="status-mark" viewBox="0 0 12 12" width="12" '
        'height="12" aria-hidden="true">{}</svg><span class="{}">{}</span></span>',
        mark.tone,
        mark_safe(mark.shape),
        "visually-hidden" if bare else "status-word",
        label or mark.label,
    )


def duration(value: timedelta | int | None) -> str:
    """Minutes or a timedelta as a person says them: 45 min, 1 h 30 min."""
    if value is None:
        return ""
    minutes = round(value.total_seconds() / 60) if isinstance(value, timedelta) else int(value)
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else ""]
    return "\u00a0".join(part for part in parts if part).replace(" ", "\u00a0")


def clock(start: datetime, end: datetime | None = None) -> SafeString:
    """The time of day in the clinic's zone: 09:00, or 09:00–10:00."""
    text = f"{_local(start):%H:%M}" + (f"–{_local(end):%H:%M}" if end else "")
    return format_html('<time class="num" datetime="{}">{}</time>', start.isoformat(), text)


def day(value: date | datetime | None, *, year: bool | None = None) -> SafeString:
    """The date in the clinic's zone: Mon 23 Nov, with the year when it is not this one."""
    if value is None:
        return mark_safe("–")
    local = _local(value).date() if isinstance(value, datetime) else value
    with_year = local.year != timezone.localdate().year if year is None else year
    text = f"{local:%a} {local.day} {local:%b}" + (f" {local.year}" if with_year else "")
    return format_html('<time class="num" datetime="{}">{}</time>', local.isoformat(), text)


def moment(value: datetime | None) -> SafeString:
    """Date and time in the clinic's zone: Mon 23 Nov, 09:00."""
    if value is None:
        return mark_safe("–")
    return format_html("{}, {}", day(value), clock(value))


def sentence(text: str) -> str:
    """Sentence case for words that a library wrote in title case; acronyms stay."""
    head, tail = re.match(r"(\s*\w*)(.*)", str(text), re.DOTALL).groups()  # type: ignore[union-attr]
    lowered = re.sub(r"\b[A-Z][a-z]+\b|\bA\b", lambda word: word.group().lower(), tail)
    return mark_safe(head + lowered)


def initials(name: Any) -> str:
    words = [word for word in re.split(r"[\s@.]+", str(name)) if word]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value
