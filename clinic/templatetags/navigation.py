"""The navigation as data: the pages, their groups and the roles that see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse

register = template.Library()

INSTALLATION = frozenset({"superadmin"})
READERS = frozenset({"admin", "viewer"})
STAFF = READERS | {"practitioner"}


@dataclass(frozen=True)
class Item:
    """`pages` are the prefixes of the names of the views that belong to this item."""

    view: str
    label: str
    icon: str
    roles: frozenset[str]
    pages: tuple[str, ...] = ()
    group: str = ""
    in_tab_bar: bool = False

    def contains(self, view_name: str) -> bool:
        return view_name == self.view or view_name.startswith(self.pages)


ITEMS = (
    Item("clinic:home", "Today", "sun", STAFF | INSTALLATION, in_tab_bar=True),
    Item("clinic:home", "My appointments", "calendar-days", frozenset({"patient"})),
    Item("scheduling:week", "Calendar", "calendar-days", STAFF,
         ("scheduling:day", "scheduling:book", "scheduling:week"), in_tab_bar=True),
    Item("accounts:patients", "Patients", "users", STAFF | INSTALLATION,
         ("accounts:patient", "accounts:guardian", "billing:policy"), in_tab_bar=True),
    Item("billing:authorizations", "Authorizations", "shield-check", STAFF,
         ("billing:authorization", "billing:entries", "billing:balance"), in_tab_bar=True),
    Item("scheduling:appointments", "Appointments", "list-checks", STAFF,
         ("scheduling:appointment",)),
    Item("scheduling:sessions", "Sessions", "notebook-pen", STAFF,
         ("scheduling:session", "scheduling:note")),
    Item("accounts:practitioners", "Practitioners", "stethoscope", STAFF | INSTALLATION,
         ("accounts:practitioner",), group="Set-up"),
    Item("billing:payers", "Payers", "landmark", STAFF, ("billing:payer",), group="Set-up"),
    Item("billing:service_codes", "Service codes", "hash", STAFF,
         ("billing:service_code",), group="Set-up"),
    Item("scheduling:locations", "Locations", "map-pin", STAFF,
         ("scheduling:location", "scheduling:room"), group="Set-up"),
    Item("accounts:members", "Members", "key-round", READERS | INSTALLATION,
         ("accounts:member", "accounts:invitation"), group="Clinic"),
    Item("accounts:audit", "Audit log", "history", READERS, ("accounts:audit",), group="Clinic"),
    Item("accounts:api_keys", "API keys", "plug", frozenset({"admin"}),
         ("accounts:api_key",), group="Clinic"),
    Item("accounts:webhooks", "Webhooks", "webhook", frozenset({"admin"}),
         ("accounts:webhook",), group="Clinic"),
    Item("accounts:settings", "Settings", "settings", READERS | INSTALLATION, group="Clinic"),
)  # fmt: skip


@register.simple_tag(takes_context=True)
def nav_items(context: template.Context) -> list[dict[str, Any]]:
    """The items for the actor's role, in order. A heading belongs where `group` changes."""
    request = context.get("request")
    actor = getattr(request, "actor", None)
    if actor is None:
        return []
    match = getattr(request, "resolver_match", None)
    view_name = match.view_name if match else ""
    return [
        {
            "item": item,
            "url": reverse(item.view, args=[actor.organization.slug]),
            "current": item.contains(view_name),
        }
        for item in ITEMS
        if str(actor.role) in item.roles
    ]
