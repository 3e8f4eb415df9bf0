"""Exactly the statements that the service sends, with the values that change as variables.

They are recorded while the service runs, so that the yardsticks (pgbench, a bare view) always send
what the product sends today.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import psycopg
from django.db import connection, transaction

from accounts.actor import Actor
from bench.data import AUTHORIZATIONS, PATIENTS, Clinic
from billing.ledger import services as ledger
from billing.models import Authorization

SOURCE = "bench-source"


def recorded(call: Callable[[], Any]) -> tuple[Any, list[str]]:
    """What the call returns, and the SQL it sends, values filled in; transactions aside."""
    sent: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        filling = psycopg.ClientCursor(context["connection"].connection)
        sent.append(filling.mogrify(sql, params) if params else sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        result = call()
    return result, sent


def of_the_service(clinic: Clinic, number: int) -> tuple[list[str], list[str]]:
    """Reserving and releasing; `:authorization`, `:patient`, `:reservation_id`, `:source` vary.

    Each stands for the inside of one transaction. The first statement gives `reservation_id`.
    """
    authorization = Authorization.objects.select_related("patient").get(pk=AUTHORIZATIONS + number)
    reservation, reserving = recorded(
        lambda: reserve(clinic.api_actor, clinic, authorization, SOURCE)
    )
    _, releasing = recorded(lambda: ledger.release(actor=clinic.api_actor, reservation=reservation))
    names = {
        str(AUTHORIZATIONS + number): ":authorization",
        str(PATIENTS + number): ":patient",
        str(reservation.pk): ":reservation_id",
        f"'{SOURCE}'": ":source",
    }
    pattern = re.compile("|".join(rf"(?<![\w.]){re.escape(name)}(?![\w.])" for name in names))

    def with_names(sql: str) -> str:
        one_line = re.sub(r"\s+", " ", sql).strip()
        return pattern.sub(lambda found: names[found.group()], one_line)

    return [with_names(sql) for sql in reserving], [with_names(sql) for sql in releasing]


def reserve(actor: Actor, clinic: Clinic, authorization: Authorization, source: str) -> Any:
    """The call that is measured."""
    return ledger.reserve(
        actor=actor,
        authorization=authorization,
        patient=authorization.patient,
        service_code=clinic.service,
        units=1,
        date_of_service=clinic.organization.today(),
        source=source,
    )


def statements_of_booking(book: Callable[[], Any]) -> dict[str, float]:
    """How many statements one booking sends, and how many while the balance is locked."""
    with transaction.atomic():
        _, sent = recorded(book)
        transaction.set_rollback(True)
    sent = [sql for sql in sent if not sql.startswith(("SAVEPOINT", "RELEASE SAVEPOINT"))]
    takes = next(i for i, sql in enumerate(sent) if "UPDATE billing_authorization" in sql)
    return {"statements": len(sent), "after_the_balance": len(sent) - 1 - takes}


def for_python(sql: str) -> str:
    """With the variables as Django's cursor takes them."""
    names = ("authorization", "patient", "reservation_id", "source")
    return re.sub(rf":({'|'.join(names)})\b", r"%(\1)s", sql.replace("%", "%%"))
