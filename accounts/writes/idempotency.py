"""Retries of a form: the first result of a write, instead of a second effect.

A form carries a key, which the actor hands to the write (docs/decisions/0015). The API's
`Idempotency-Key` is in `idempotent_answers`; both compare fingerprints as this module makes them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from django.apps import apps
from django.db import models

from accounts.actor import Actor
from accounts.errors import Conflict, KeyReused
from accounts.models import IdempotencyKey

R = TypeVar("R")


def once(verb: str, actor: Actor, fields: Mapping[str, Any], run: Callable[[], R]) -> R:
    """What `run` returns, or what it returned for the same key before; runs in a transaction.

    Another transaction with the same key is waited for. Raises KeyReused where the key came with
    other `fields`, Conflict `taken_back` where the first result is gone.
    """
    if not actor.idempotency_key or actor.user is None:
        return run()
    own = {"user": actor.user, "key": actor.idempotency_key}
    sent = fingerprint(_canonical(verb, actor, fields))
    if earlier := IdempotencyKey.objects.filter(**own).first():
        require_same(
            earlier.fingerprint,
            sent,
            "This form was already sent with other entries. See what came of it; if you still "
            "mean these, send them now.",
        )
        return cast(R, _kept_result(earlier))
    kept = IdempotencyKey.objects.create(
        organization=actor.organization, verb=verb, fingerprint=sent, **own
    )
    result = run()
    if isinstance(result, models.Model):
        kept.result_model, kept.result_id = result._meta.label_lower, result.pk
        kept.save(update_fields=["result_model", "result_id"])
    return result


def fingerprint(sent: bytes) -> str:
    return hashlib.sha256(sent).hexdigest()


def require_same(kept: str, sent: str, message: str) -> None:
    """Raises KeyReused for a key that came with another request before."""
    if kept != sent:
        raise KeyReused(message)


def _kept_result(kept: IdempotencyKey) -> models.Model | None:
    if kept.result_id is None:
        return None
    rows = apps.get_model(kept.result_model)._default_manager
    result: models.Model | None = rows.filter(pk=kept.result_id).first()
    if result is None:
        raise Conflict(
            "This was already done and then undone. Reload to try again.",
            code="taken_back",
        )
    return result


def _canonical(verb: str, actor: Actor, fields: Mapping[str, Any]) -> bytes:
    plain = {name: _plain(value) for name, value in fields.items() if name != "actor"}
    text = json.dumps([verb, actor.organization.pk, plain], sort_keys=True, default=str)
    return text.encode()


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return f"{value._meta.label_lower}:{value.pk}"
    if isinstance(value, (list, tuple, set, frozenset, models.QuerySet)):
        return sorted(str(_plain(item)) for item in value)
    return value
