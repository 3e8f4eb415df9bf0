from __future__ import annotations

import django_tables2 as tables

from accounts.web.tables import ACTIVE_CELL, FIGURE, Cell, cells_in
from billing.models import Payer

cell = cells_in("billing/payers")


class PayerTable(tables.Table):
    name = cell("payer", order_by=("name", "id"))
    payer_id = tables.Column(verbose_name="Payer ID", order_by=("payer_id", "id"))
    phone = tables.Column(orderable=False)
    policies = tables.Column(
        accessor="policy_count",
        verbose_name="Policies",
        order_by=("policy_count", "id"),
        attrs=FIGURE,
    )
    state = Cell(ACTIVE_CELL, order_by=("-is_active", "id"), verbose_name="State")

    class Meta:
        model = Payer
        fields: tuple[str, ...] = ()
        attrs = {"caption": "Payers"}
        empty_text = "No payer matches"
