"""Patient search."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts import access
from accounts.actor import Actor
from accounts.models import Patient

MAX_RESULTS = 12

Bars = dict[int, list[dict[str, Any]]]
Annotator = Callable[[Actor, list[int]], Bars]

_annotators: list[Annotator] = []


def register(annotate: Annotator) -> None:
    """Add unit bars to the results: `annotate(actor, patient_ids)` in one query for all of them.

    It answers {patient id: [{"total": 40, "used": 10, "reserved": 4}]} and gets only the ids of
    patients whose record the actor may open.
    """
    _annotators.append(annotate)


def find(actor: Actor, text: str) -> list[dict[str, Any]]:
    """Up to MAX_RESULTS patients, as components/search_results.html shows them."""
    if not text.strip():
        return []
    found = list(access.patient_directory(actor).search(text)[:MAX_RESULTS])
    open_ids = _open_ids(actor, found)
    bars = _bars(actor, open_ids)
    today = actor.organization.today()
    return [
        {
            "patient": patient.pk,
            "url": actor.url("accounts:patient", pk=patient.pk),
            "name": patient.display_name,
            "detail": _detail(patient, today, is_open=patient.pk in open_ids),
            "bars": bars.get(patient.pk, []),
        }
        for patient in found
    ]


def _open_ids(actor: Actor, found: list[Patient]) -> list[int]:
    ids = [patient.pk for patient in found]
    return list(access.patients(actor).filter(pk__in=ids).order_by().values_list("pk", flat=True))


def _bars(actor: Actor, ids: list[int]) -> Bars:
    bars: Bars = {}
    for annotate in _annotators if ids else []:
        for pk, more in annotate(actor, ids).items():
            bars.setdefault(pk, []).extend(more)
    return bars


def _detail(patient: Patient, today: Any, *, is_open: bool) -> str:
    born = f"born {patient.date_of_birth:%-d %b %Y}"
    parts = [patient.mrn, f"{born} ({patient.age_on(today)})"]
    if not patient.is_active:
        parts.append("inactive")
    if not is_open:
        parts.append("not open to you")
    return " · ".join(parts)
