from __future__ import annotations

import functools
import uuid
from operator import attrgetter
from typing import Any

import lucide
from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from accounts import access
from accounts.actor import Actor
from accounts.web import formatting, marks
from accounts.web.middleware import MAX_CLINICS_LISTED

register = template.Library()
register.simple_tag(formatting.clock)
register.simple_tag(formatting.day)
register.simple_tag(formatting.moment)
register.simple_tag(formatting.status_mark)
register.filter(formatting.duration)
register.filter(formatting.initials)
register.filter(formatting.sentence)


@register.simple_tag(takes_context=True)
def clinic_url(
    context: template.Context, name: str, *args: Any, organization: Any = None, **kwargs: Any
) -> str:
    """The address of a page of the request's clinic, or of another one by `organization=`."""
    if organization is not None:
        return reverse(name, args=[organization.slug, *args])
    address: str = context["request"].actor.url(name, *args, **kwargs)
    return address


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """This page's query string with some parameters changed; None removes one."""
    params = context["request"].GET.copy()
    for key, value in changes.items():
        if value is None:
            params.pop(key, None)
        else:
            params[key] = value
    return f"?{params.urlencode()}"


@register.simple_tag(takes_context=True)
def once(context: template.Context) -> SafeString:
    """The hidden idempotency key: the form has one effect, however often it is sent."""
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
    return list(access.organizations(request.user)[:MAX_CLINICS_LISTED])
