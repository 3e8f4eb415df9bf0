"""A baseline over HTTP: a bare Django view that sends the service's statements and nothing else.

It is served as the product is, so the ratio shows what the product adds to the statements: keys,
permissions, checks, stored answers.
"""

from __future__ import annotations

import json
import os
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

STATEMENTS = "BENCH_STATEMENTS"  # a file of them, as `statements.for_python` writes it
WHERE = "BENCH_DATABASE"

settings.configure(
    SECRET_KEY="measures, and keeps nothing",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],  # says how long the answer is
    USE_TZ=True,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "CONN_MAX_AGE": None,
            **json.loads(os.environ[WHERE]),
        }
    },
)


def _read() -> dict[str, list[str]]:
    with open(os.environ[STATEMENTS]) as file:
        found: dict[str, list[str]] = json.load(file)
    return found


_statements = _read()


@csrf_exempt
def reserve(request: HttpRequest) -> JsonResponse:
    return _move("reserving", json.loads(request.body))


@csrf_exempt
def release(request: HttpRequest) -> JsonResponse:
    return _move("releasing", json.loads(request.body))


def _move(kind: str, values: dict[str, Any]) -> JsonResponse:
    first, *rest = _statements[kind]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(first, values)
        names = [column.name for column in cursor.description or []]
        moved = dict(zip(names, cursor.fetchone(), strict=True))
        for sql in rest:
            cursor.execute(sql, values)
    return JsonResponse({"id": moved["reservation_id"], "entry": moved["number"]}, status=201)


urlpatterns = [path("reserve", reserve), path("release", release)]
application = get_wsgi_application()
