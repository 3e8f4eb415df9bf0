from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils.safestring import SafeString

from accounts.models import (
    ApiKey,
)
from accounts.models.api import SCOPES
from accounts.web.formatting import day, moment, status_mark
from accounts.web.tables import FIT, MONO, Cell


class ApiKeyTable(tables.Table):
    prefix = tables.Column(verbose_name="Begins with", orderable=False, attrs=MONO)
    scopes = tables.Column(orderable=False)
    last_used_at = tables.Column(verbose_name="Last used", attrs=FIT, default="Never")
    expires_at = tables.Column(verbose_name="Valid until", attrs=FIT, default="No end")
    state = tables.Column(orderable=False)
    actions = Cell("accounts/api_keys/cell.html", orderable=False, verbose_name="")

    class Meta:
        model = ApiKey
        fields = (
            "name", "prefix", "role", "scopes", "last_used_at", "expires_at", "state", "actions",
        )  # fmt: skip
        attrs = {"caption": "API keys"}
        empty_text = "No keys. Make one for each program that shall use the API."

    def render_scopes(self, value: list[str]) -> str:
        return ", ".join(value) if len(value) < len(SCOPES) else "All"

    def render_last_used_at(self, value: Any) -> SafeString:
        return moment(value)

    def render_expires_at(self, value: Any) -> SafeString:
        return day(value, year=True)

    def render_state(self, value: str) -> SafeString:
        return status_mark(value)
