from __future__ import annotations

import django_tables2 as tables

from billing.cells import NUM, cell
from billing.models import ServiceCode


class ServiceCodeTable(tables.Table):
    code = cell("service_code", order_by=("code", "modifiers", "id"))
    label = tables.Column(order_by=("label", "id"))
    rounding = cell("rounding", verbose_name="Minutes to units", orderable=False)
    default_minutes = tables.Column(
        verbose_name="Usual minutes", order_by=("default_minutes", "id"), attrs=NUM
    )
    default_rate = cell(
        "rate", verbose_name="Rate per unit", order_by=("default_rate", "id"), attrs=NUM
    )
    state = cell("active", order_by=("-is_active", "id"), verbose_name="State")

    class Meta:
        model = ServiceCode
        fields: tuple[str, ...] = ()
        attrs = {"caption": "Service codes"}
        empty_text = "No service code matches"
