"""Retries of an API request: the first answer to an `Idempotency-Key`, given again.

Answer and effect are written in one transaction, so a crash after the commit loses neither: the
retry finds the answer. See draft-ietf-httpapi-idempotency-key-header.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from accounts.actor import Actor
from accounts.cipher import cipher
from accounts.errors import Conflict, Invalid, KeyReused
from accounts.models import ApiAnswer
from accounts.writes.bulk_insert import insert_few
from accounts.writes.idempotency import fingerprint, require_same
from accounts.writes.transaction import in_transaction

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
MAX_KEY_LENGTH = 255
PURPOSE = "api answers"
IN_FLIGHT = 7002  # the first half of the advisory lock's key
LOOK = """
    SELECT pg_try_advisory_xact_lock(%s, %s),
           id, created_at, fingerprint, status, headers, content
      FROM (VALUES (1)) AS attempt
      LEFT JOIN accounts_apianswer ON credential = %s AND key = %s
"""


class InFlight(Conflict):
    code = "idempotency_key_in_flight"


@dataclass(frozen=True)
class Attempt:
    """One request with an idempotency key; `fingerprint` is of its method, address and body."""

    actor: Actor
    credential: str
    key: str
    fingerprint: str


def once(
    request: Request,
    *,
    actor: Actor,
    credential: str,
    run: Callable[[], HttpResponse],
    refuse: Callable[[Exception], HttpResponse],
) -> HttpResponse:
    """Run `run`, which returns the rendered answer, or return the answer stored for the key.

    If `run` raises, its writes are rolled back, and the answer that `refuse` makes of the error is
    stored too. Raises Invalid, KeyReused, and InFlight while the first request with the key runs.
    """
    key = request.headers.get(HEADER, "").strip()
    if not 1 <= len(key) <= MAX_KEY_LENGTH or not key.isascii() or not key.isprintable():
        raise Invalid(
            f"An {HEADER} has from 1 to {MAX_KEY_LENGTH} printable ASCII characters.",
            code="idempotency_key_invalid",
        )
    attempt = Attempt(actor, credential, key, _fingerprint(request, actor))
    try:
        return _first_or_again(attempt, run)
    except (InFlight, KeyReused):
        raise
    except Exception as error:
        refusal = refuse(error)
    return _first_or_again(attempt, lambda: refusal)


def _first_or_again(attempt: Attempt, run: Callable[[], HttpResponse]) -> HttpResponse:
    def in_one() -> HttpResponse:
        if (earlier := _earlier(attempt)) is not None:
            return earlier
        answer = run()
        if answer.status_code < 500 and answer.status_code not in (401, 429):
            _keep(answer, attempt)
        return answer

    return in_transaction(in_one, actor=attempt.actor, verb="api.once")


def _fingerprint(request: Request, actor: Actor) -> str:
    sent = f"{request.method} {request.get_full_path()} {actor.organization.pk}\n".encode()
    return fingerprint(sent + request._request.body)


def _earlier(attempt: Attempt) -> HttpResponse | None:
    """The answer to the first attempt, or None if this is the first, which then runs alone.

    An answer committed after this query is not seen; storing a second one then violates
    `api_answer_once`, and the transaction is retried.
    """
    name = f"{attempt.credential} {attempt.key}".encode()
    half = int.from_bytes(hashlib.sha256(name).digest()[:4], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute(LOOK, [IN_FLIGHT, half, attempt.credential, attempt.key])
        is_alone, pk, kept_since, kept, status, headers, content = cursor.fetchone()
    if not is_alone:
        raise InFlight(
            f"The first request with this {HEADER} is still running. Try again in a moment."
        )
    if pk is None:
        return None
    if kept_since <= timezone.now() - ApiAnswer.RETENTION:
        ApiAnswer.objects.filter(pk=pk).delete()
        return None
    require_same(
        kept,
        attempt.fingerprint,
        f"This {HEADER} came with another request before. Use a new one for each request.",
    )
    answer = HttpResponse(cipher(PURPOSE).decrypt(bytes(content)), status=status)
    del answer["Content-Type"]  # replaced by that of the first answer, if it had one
    for name, value in json.loads(headers).items():
        answer[name] = value
    answer[REPLAYED] = "true"
    return answer


def _keep(answer: HttpResponse, attempt: Attempt) -> None:
    answered = ApiAnswer(
        organization_id=attempt.actor.organization.pk,
        credential=attempt.credential,
        key=attempt.key,
        fingerprint=attempt.fingerprint,
        status=answer.status_code,
        headers=dict(answer.items()),
        content=cipher(PURPOSE).encrypt(answer.content),
    )
    insert_few(answered)
