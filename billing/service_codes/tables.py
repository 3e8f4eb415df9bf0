from __future__ import annotations

import django_tables2 as tables

from accounts.web.tables import ACTIVE_CELL, FIGURE, Cell, cells_in
from billing.models import ServiceCode

cell = cells_in("billing/service_codes")


class ServiceCodeTable(tables.Table):
    code = cell("service_code", order_by=("code", "modifiers", "id"))
    label = tables.Column(order_by=("label", "id"))
    rounding = cell("rounding", verbose_name="Minutes to units", orderable=False)
    default_minutes = tables.Column(
        verbose_name="Usual minutes", order_by=("default_minutes", "id"), attrs=FIGURE
    )
    default_rate = cell(
        "rate", verbose_name="Rate per unit", order_by=("default_rate", "id"), attrs=FIGURE
    )
    state = Cell(ACTIVE_CELL, order_by=("-is_active", "id"), verbose_name="State")

    class Meta:
        model = ServiceCode
        fields: tuple[str, ...] = ()
        attrs = {"caption": "Service codes"}
        empty_text = "No service code matches"
