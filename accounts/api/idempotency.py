"""The first answer to an `Idempotency-Key`, given again to every retry.

Answer and effect are written in one transaction, so a crash after the commit loses neither: the
retry finds the answer. See draft-ietf-httpapi-idempotency-key-header.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from accounts.actor import Actor
from accounts.cipher import cipher
from accounts.errors import Conflict, Invalid, KeyReused
from accounts.models import ApiAnswer
from accounts.services.transaction import in_transaction

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
LONGEST = 255
PURPOSE = "api answers"
IN_FLIGHT = 7002  # the first half of the advisory lock's key


def once(
    request: Request, *, actor: Actor, credential: str, run: Callable[[], HttpResponse]
) -> HttpResponse:
    """`run` makes the rendered answer; the second time with this key it is not run again.

    Raises Invalid, KeyReused, and Conflict `idempotency_key_in_flight` while the first runs.
    """
    key = request.headers.get(HEADER, "").strip()
    if not 1 <= len(key) <= LONGEST or not key.isascii() or not key.isprintable():
        raise Invalid(
            f"An {HEADER} has from 1 to {LONGEST} printable ASCII characters.",
            code="idempotency_key_invalid",
        )
    fingerprint = _fingerprint(request, actor)

    def first_or_again() -> HttpResponse:
        _refuse_in_flight(credential, key)
        earlier = ApiAnswer.objects.filter(
            credential=credential, key=key, created_at__gt=timezone.now() - ApiAnswer.KEPT
        ).first()
        if earlier is not None:
            return _again(earlier, fingerprint)
        answer = run()
        if answer.status_code < 500 and answer.status_code not in (401, 429):
            _keep(answer, actor=actor, credential=credential, key=key, fingerprint=fingerprint)
        return answer

    return in_transaction(first_or_again, actor=actor, verb="api.once")


def _fingerprint(request: Request, actor: Actor) -> str:
    sent = f"{request.method} {request.get_full_path()} {actor.organization.pk}\n".encode()
    return hashlib.sha256(sent + request._request.body).hexdigest()


def _refuse_in_flight(credential: str, key: str) -> None:
    digest = hashlib.sha256(f"{credential} {key}".encode()).digest()
    half = int.from_bytes(digest[:4], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [IN_FLIGHT, half])
        if cursor.fetchone()[0]:
            return
    raise Conflict(
        f"The first request with this {HEADER} is still running. Try again in a moment.",
        code="idempotency_key_in_flight",
    )


def _again(earlier: ApiAnswer, fingerprint: str) -> HttpResponse:
    if earlier.fingerprint != fingerprint:
        raise KeyReused(
            f"This {HEADER} came with another request before. Use a new one for each request."
        )
    content = cipher(PURPOSE).decrypt(bytes(earlier.content))
    answer = HttpResponse(content, status=earlier.status)
    del answer["Content-Type"]  # the first had one of its own, or none
    for name, value in earlier.headers.items():
        answer[name] = value
    answer[REPLAYED] = "true"
    return answer


def _keep(answer: HttpResponse, **about: Any) -> None:
    actor = about.pop("actor")
    long_ago = timezone.now() - ApiAnswer.KEPT
    mine = {"credential": about["credential"], "key": about["key"]}
    ApiAnswer.objects.filter(created_at__lte=long_ago, **mine).delete()
    ApiAnswer.objects.create(
        organization_id=actor.organization.pk,
        status=answer.status_code,
        headers=dict(answer.items()),
        content=cipher(PURPOSE).encrypt(answer.content),
        **about,
    )
