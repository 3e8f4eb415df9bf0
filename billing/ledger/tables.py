from __future__ import annotations

import django_tables2 as tables

from accounts.web.tables import FIGURE, cells_in
from billing.models import LedgerEntry

cell = cells_in("billing/ledger")


class EntryTable(tables.Table):
    number = tables.Column(verbose_name="No.", attrs=FIGURE)
    at = cell("instant", verbose_name="When")
    kind = cell("movement", verbose_name="What")
    changes = cell("changes", verbose_name="Change", empty_values=())
    balance = cell("balance", verbose_name="Balance after", empty_values=())
    source = cell("source", verbose_name="What for")
    actor = cell("actor", verbose_name="By whom")

    class Meta:
        model = LedgerEntry
        fields: tuple[str, ...] = ()
        orderable = False
        attrs = {"caption": "Ledger entries, newest first"}
        empty_text = "No entry matches"
