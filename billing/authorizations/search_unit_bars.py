"""Unit bars for the patient search: what is left of each patient's authorizations."""

from __future__ import annotations

from typing import Any

from accounts.actor import Actor
from billing import access


def search_unit_bars(actor: Actor, patient_ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    """The unit bars of each patient's authorizations that can be used today, in one query."""
    running = access.authorizations(actor).filter(patient_id__in=patient_ids)
    figures = running.usable_on(actor.organization.today()).values_list(
        "patient_id", "total_units", "used_units", "reserved_units"
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for patient_id, total, used, reserved in figures.order_by("end_date", "id"):
        bar = {"total": total, "used": used, "reserved": reserved}
        found.setdefault(patient_id, []).append(bar)
    return found
