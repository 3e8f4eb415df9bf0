"""Limits the requests of a credential in a minute, counted across all web processes.

A process takes several requests from the shared count at a time, so that one statement counts many
requests.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from django.conf import settings
from django.db import connection
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

MIN_ALLOTMENTS_PER_MINUTE = 20  # a minute's requests are taken in at least so many parts
COUNT = """
    INSERT INTO accounts_apiusage (credential, minute, requests) VALUES (%s, %s, %s)
    ON CONFLICT (credential, minute) DO UPDATE
    SET requests = accounts_apiusage.requests + EXCLUDED.requests
    RETURNING requests
"""


@dataclass
class RequestAllotment:
    """How many requests this process may still allow in a minute, and how many others may."""

    minute: int
    left: int = 0
    beyond: int = 0


_allotments: dict[str, RequestAllotment] = {}
_lock = Lock()


class PerCredential(BaseThrottle):
    """Sets `request.allowance` for the headers: limit, remaining, seconds to the next minute."""

    def allow_request(self, request: Request, view: Any) -> bool:
        limit = settings.API_REQUESTS_PER_MINUTE
        now = time.time()
        self.seconds = 60 - int(now % 60)
        if request.auth is None:
            return True
        remaining = _take(request.auth.credential, int(now // 60), limit)
        request._request.allowance = (limit, max(remaining, 0), self.seconds)
        return remaining >= 0

    def wait(self) -> float:
        return self.seconds


def _take(credential: str, minute: int, limit: int) -> int:
    """How many requests are left after this one; -1 if none was left."""
    with _lock:
        held = _allotments.get(credential)
        if held is None or held.minute != minute:
            held = _allotments[credential] = RequestAllotment(minute)
            _forget(minute)
        if not held.left:
            _refill(credential, held, limit)
        if not held.left:
            return -1
        held.left -= 1
        return held.left + held.beyond


def _refill(credential: str, held: RequestAllotment, limit: int) -> None:
    wanted = max(limit // MIN_ALLOTMENTS_PER_MINUTE, 1)
    at = datetime.fromtimestamp(held.minute * 60, UTC)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [credential, at, wanted])
        counted = cursor.fetchone()[0]
    held.left = max(min(wanted, limit - (counted - wanted)), 0)
    held.beyond = max(limit - counted, 0)


def _forget(minute: int) -> None:
    for credential in [one for one, held in _allotments.items() if held.minute < minute]:
        del _allotments[credential]
