from __future__ import annotations

import functools
import re
import uuid
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any

import lucide
from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from accounts import access
from accounts.actor import Actor
from accounts.web import marks
from accounts.web.middleware import MOST_CLINICS

register = template.Library()


@register.simple_tag(takes_context=True)
def clinic_url(
    context: template.Context, name: str, *args: Any, organization: Any = None, **kwargs: Any
) -> str:
    """The address of a clinic's page; another clinic than the request's by `organization=`."""
    if organization is not None:
        return reverse(name, args=[organization.slug, *args])
    address: str = context["request"].actor.url(name, *args, **kwargs)
    return address


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """This page's query string with some parameters changed; None takes one away."""
    params = context["request"].GET.copy()
    for key, value in changes.items():
        if value is None:
            params.pop(key, None)
        else:
            params[key] = value
    return f"?{params.urlencode()}"


@register.simple_tag(takes_context=True)
def once(context: template.Context) -> SafeString:
    """The hidden key by which a form has one effect, however often it is sent."""
    key = context.get("idempotency_key") or uuid.uuid4()
    return format_html('<input type="hidden" name="idempotency_key" value="{}">', key)


@register.filter
def may(actor: Actor | None, verb: str) -> bool:
    """Whether to show the control for a verb: {% if request.actor|may:"patient.update" %}."""
    return actor is not None and actor.may(verb)


@register.simple_tag
@functools.cache
def icon(name: str, *, size: int = 16, label: str = "") -> SafeString:
    """A lucide icon: decoration, unless a label gives it a name."""
    attrs = {"class": "icon", "stroke-width": "1.75"}
    attrs |= {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    return mark_safe(lucide._render_icon(name, size, **attrs))


@register.simple_tag
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


@register.inclusion_tag("components/unit_bar.html")
def unit_bar(
    *,
    total: int,
    used: int,
    reserved: int,
    booking: int = 0,
    href: str = "",
    size: str = "normal",
    id: str = "",
) -> dict[str, Any]:
    """The units of an authorization, with the booking under way drawn in."""
    return {
        "bar": marks.unit_bar(total=total, used=used, reserved=reserved, booking=booking),
        "href": href,
        "joint": "&" if "?" in href else "?",
        "compact": size == "compact",
        "id": id,
    }


@register.filter
def duration(value: timedelta | int | None) -> str:
    """Minutes or a timedelta as a person says them: 45 min, 1 h 30 min."""
    if value is None:
        return ""
    minutes = round(value.total_seconds() / 60) if isinstance(value, timedelta) else int(value)
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else ""]
    return "\u00a0".join(part for part in parts if part).replace(" ", "\u00a0")


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


@register.simple_tag
def clock(start: datetime, end: datetime | None = None) -> SafeString:
    """The time of day in the clinic's zone: 09:00, or 09:00–10:00."""
    text = f"{_local(start):%H:%M}" + (f"–{_local(end):%H:%M}" if end else "")
    return format_html('<time class="num" datetime="{}">{}</time>', start.isoformat(), text)


@register.simple_tag
def day(value: date | datetime | None, *, year: bool | None = None) -> SafeString:
    """The date in the clinic's zone: Mon 23 Nov, with the year when it is not this one."""
    if value is None:
        return mark_safe("–")
    local = _local(value).date() if isinstance(value, datetime) else value
    with_year = local.year != timezone.localdate().year if year is None else year
    text = f"{local:%a} {local.day} {local:%b}" + (f" {local.year}" if with_year else "")
    return format_html('<time class="num" datetime="{}">{}</time>', local.isoformat(), text)


@register.simple_tag
def moment(value: datetime | None) -> SafeString:
    """Date and time in the clinic's zone: Mon 23 Nov, 09:00."""
    if value is None:
        return mark_safe("–")
    return format_html("{}, {}", day(value), clock(value))


@register.filter
def sentence(text: str) -> str:
    """Sentence case for words that a library wrote in title case; acronyms stay."""
    head, tail = re.match(r"(\s*\w*)(.*)", str(text), re.DOTALL).groups()  # type: ignore[union-attr]
    lowered = re.sub(r"\b[A-Z][a-z]+\b|\bA\b", lambda word: word.group().lower(), tail)
    return mark_safe(head + lowered)


@register.filter
def initials(name: Any) -> str:
    words = [word for word in re.split(r"[\s@.]+", str(name)) if word]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.filter
def word(text: Any, index: int) -> str:
    return dict(enumerate(str(text).split())).get(index, "")


@register.filter
def hue(index: Any) -> str:
    """The class that gives a practitioner one of eight colours."""
    return f"hue-{int(index or 0) % 8}"


@register.filter
def undo_url(tags: str | None) -> str:
    """The address in a message's `extra_tags="undo:/c/…"`."""
    for tag in (tags or "").split():
        if tag.startswith("undo:"):
            return tag.removeprefix("undo:")
    return ""


@register.simple_tag(takes_context=True)
def own_clinics(context: template.Context) -> list[Any]:
    """The clinics that this user can switch to, by name."""
    request = context["request"]
    if not request.user.is_authenticated:
        return []
    if request.clinics and not request.user.is_superuser:
        return sorted(request.clinics, key=attrgetter("name"))
    return list(access.organizations(request.user)[:MOST_CLINICS])
