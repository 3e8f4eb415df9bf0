"""Reads and locks the rows that a service changes, limited to those the actor may see."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from django.db import models
from django.forms.models import model_to_dict

from accounts.actor import Actor
from accounts.errors import NotFound, stale
from accounts.models import Patient
from accounts.writes import events, fields

M = TypeVar("M", bound=models.Model)


def locked(rows: models.QuerySet[M], row: models.Model) -> M:
    """`row` as it is now, locked until the transaction ends.

    Raises NotFound when it is not among `rows`: what `access` lets the actor see.
    """
    found = rows.filter(pk=row.pk).select_for_update(of=("self",), no_key=True).first()
    if found is None:
        raise not_found(row)
    return found


def digest(row: models.Model, names: Iterable[str]) -> str:
    """SHA-256 of these fields of the row, which a form carries to say what it showed."""
    values = model_to_dict(row, fields=list(names))
    said = [(name, _said(value)) for name, value in sorted(values.items())]
    return hashlib.sha256(repr(said).encode()).hexdigest()


def refuse_stale(row: models.Model, names: Iterable[str], expected_digest: str) -> None:
    """Raises Conflict `stale` when the fields of a locked row have another digest than expected.

    An empty `expected_digest` compares nothing: a program names only the fields to change.
    """
    if expected_digest and expected_digest != digest(row, names):
        raise stale(str(row._meta.verbose_name))


def _said(value: Any) -> str:
    if isinstance(value, list):
        return repr([getattr(one, "pk", one) for one in value])
    return str(value)


def require_own_clinic(actor: Actor, **named: models.Model | None) -> None:
    """Raises NotFound for a row of another clinic, naming the argument as the field at fault."""
    for field, row in named.items():
        if row is not None and row.organization_id != actor.organization.pk:  # type: ignore[attr-defined]
            raise NotFound("Choose one of this clinic.", field=field)


def not_found(row: models.Model, *, field: str | None = None) -> NotFound:
    noun = str(row._meta.verbose_name)
    return NotFound(f"This {noun} was not found in this clinic.", field=field)


def change(
    *,
    actor: Actor,
    row: M,
    to: Mapping[str, Any],
    action: str,
    check: Callable[[M], None] = fields.check,
    patient: Patient | None = None,
) -> M:
    """Set the fields `to` on a locked row, save those that differ, and record what changed.

    When nothing does, nothing is written.
    """
    wanted = tidy(to)
    changed = events.changes(row, wanted)
    for name, value in wanted.items():
        setattr(row, name, value)
    check(row)
    if changed:
        row.save(update_fields=list(changed))
        events.record(actor=actor, action=action, obj=row, patient=patient, changes=changed)
    return row


def tidy(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same values, with text stripped of surrounding white space."""
    return {
        name: value.strip() if isinstance(value, str) else value for name, value in values.items()
    }
