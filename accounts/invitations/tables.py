from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils.safestring import SafeString

from accounts.models import (
    Invitation,
)
from accounts.web.formatting import moment, status_mark
from accounts.web.tables import FIT, Cell


class InvitationTable(tables.Table):
    expires_at = tables.Column(verbose_name="Valid until", attrs=FIT)
    state = tables.Column(empty_values=(), orderable=False)
    actions = Cell("accounts/invitations/cell.html", orderable=False, verbose_name="")

    class Meta:
        model = Invitation
        fields = ("email", "role", "invited_by", "expires_at", "state", "actions")
        attrs = {"caption": "Open invitations"}
        prefix = "invited-"
        empty_text = "No open invitations"

    def render_expires_at(self, value: Any) -> SafeString:
        return moment(value)

    def render_state(self, record: Invitation) -> SafeString:
        if record.is_open:
            return status_mark("pending", label="Waiting")
        return status_mark("expired")
