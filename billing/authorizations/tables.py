from __future__ import annotations

import django_tables2 as tables

from accounts.web.tables import cells_in
from billing.models import Authorization

cell = cells_in("billing/authorizations")


class AuthorizationTable(tables.Table):
    number = cell("authorization", verbose_name="Number", order_by=("number", "id"))
    patient = cell(
        "patient", order_by=("patient__legal_last_name", "patient__legal_first_name", "id")
    )
    payer = tables.Column(order_by=("payer__name", "id"))
    services = cell("services", orderable=False, verbose_name="Services")
    available = cell("units", verbose_name="Units left", order_by=("available", "id"))
    end_date = cell("end_date", verbose_name="Ends", order_by=("end_date", "id"))
    state = cell("state", order_by=("state", "id"))

    class Meta:
        model = Authorization
        fields: tuple[str, ...] = ()
        attrs = {"caption": "Authorizations"}
        empty_text = "No authorization matches"
