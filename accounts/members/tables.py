from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils.safestring import SafeString

from accounts.models import (
    Membership,
)
from accounts.web.formatting import day
from accounts.web.tables import FIT, Cell, active_mark


class MemberTable(tables.Table):
    name = tables.Column(accessor="user", verbose_name="Member", order_by=("user__name",))
    email = tables.Column(accessor="user__email", verbose_name="E-mail")
    since = tables.Column(accessor="created_at", attrs=FIT, verbose_name="Since")
    is_active = tables.Column(verbose_name="State")
    actions = Cell("accounts/members/cell.html", orderable=False, verbose_name="")

    class Meta:
        model = Membership
        fields = ("name", "email", "role", "since", "is_active", "actions")
        attrs = {"caption": "Members"}
        empty_text = "No members yet. Invite somebody."

    def render_since(self, value: Any) -> SafeString:
        return day(value, year=True)

    def render_is_active(self, value: bool, record: Membership) -> SafeString:
        return active_mark(value and record.user.is_active)
