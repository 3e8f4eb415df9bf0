from __future__ import annotations

import django_tables2 as tables

from accounts.tables import Cell
from billing.models import Authorization, LedgerEntry, Payer, ServiceCode

NUM = {"td": {"class": "num"}, "th": {"class": "num"}}
FIT = {"td": {"class": "fit"}, "th": {"class": "fit"}}


def cell(template: str, **kwargs: object) -> Cell:
    return Cell(f"billing/cells/{template}.html", **kwargs)


class PayerTable(tables.Table):
    name = cell("payer", order_by=("name", "id"))
    payer_id = tables.Column(verbose_name="Payer ID", order_by=("payer_id", "id"))
    phone = tables.Column(orderable=False)
    policies = tables.Column(
        accessor="policy_count", verbose_name="Policies", order_by=("policy_count", "id"), attrs=NUM
    )
    state = cell("active", order_by=("-is_active", "id"), verbose_name="State")

    class Meta:
        model = Payer
        fields: tuple[str, ...] = ()
        attrs = {"caption": "Payers"}
        empty_text = "No payer matches"


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


class EntryTable(tables.Table):
    number = tables.Column(verbose_name="No.", attrs=NUM)
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
