"""Explains balances: their entries, the balance at an instant, and whether the two agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from billing.models import Authorization, LedgerEntry


@dataclass(frozen=True)
class Balance:
    """Units of an authorization at an instant, and the number of the last entry behind them."""

    total: int = 0
    used: int = 0
    reserved: int = 0
    entry: int = 0

    @property
    def available(self) -> int:
        return self.total - self.used - self.reserved


@dataclass(frozen=True)
class Difference:
    """An authorization whose balance differs from its entries or its reservations."""

    authorization_id: int
    problem: str


def explain(authorization: Authorization) -> QuerySet[LedgerEntry]:
    """The authorization's entries, newest first, with their actors and reservations."""
    return authorization.entries.select_related("actor", "reservation").order_by("-number")


def balance_as_of(authorization: Authorization, when: datetime) -> Balance:
    """The balance at the instant `when`: that of the last entry up to then."""
    last = authorization.entries.filter(at__lte=when).order_by("-at", "-number").first()
    if last is None:
        return Balance()
    return Balance(last.total_after, last.used_after, last.reserved_after, last.number)


# Compares each entry with the sum of the entries up to it, the balance with the sum of all entries,
# and the reserved and used units with the reservations.
_VERIFY = """
WITH replayed AS (
    SELECT authorization_id, number,
           row_number() OVER entries AS expected_number,
           total_after = sum(total_delta) OVER entries
               AND used_after = sum(used_delta) OVER entries
               AND reserved_after = sum(reserved_delta) OVER entries AS agrees
      FROM billing_ledgerentry
    WINDOW entries AS (PARTITION BY authorization_id ORDER BY number)
), entries AS (
    SELECT authorization_id, count(*) AS entry_count,
           bool_and(number = expected_number) AS gap_free, bool_and(agrees) AS agree
      FROM replayed GROUP BY authorization_id
), sums AS (
    SELECT authorization_id, sum(total_delta) AS total, sum(used_delta) AS used,
           sum(reserved_delta) AS reserved
      FROM billing_ledgerentry GROUP BY authorization_id
), reservations AS (
    SELECT authorization_id,
           sum(units) FILTER (WHERE state = 'active') AS reserved,
           sum(consumed_units) FILTER (WHERE state = 'consumed') AS used
      FROM billing_reservation GROUP BY authorization_id
)
SELECT id, problem
  FROM billing_authorization AS a
  LEFT JOIN entries ON entries.authorization_id = a.id
  LEFT JOIN sums ON sums.authorization_id = a.id
  LEFT JOIN reservations ON reservations.authorization_id = a.id
 CROSS JOIN LATERAL (VALUES
    (CASE WHEN NOT COALESCE(gap_free, true) OR COALESCE(entries.entry_count, 0) <> a.entry_count
          THEN 'entries are missing or wrongly numbered' END),
    (CASE WHEN NOT COALESCE(agree, true)
          THEN 'an entry''s balance differs from the sum of the entries up to it' END),
    (CASE WHEN (a.total_units, a.used_units, a.reserved_units) IS DISTINCT FROM
               (COALESCE(sums.total, 0), COALESCE(sums.used, 0), COALESCE(sums.reserved, 0))
          THEN 'the balance differs from its entries' END),
    (CASE WHEN (a.reserved_units, a.used_units) IS DISTINCT FROM
               (COALESCE(reservations.reserved, 0), COALESCE(reservations.used, 0))
          THEN 'the balance differs from its reservations' END)
 ) AS found (problem)
 WHERE problem IS NOT NULL
 ORDER BY id, problem
"""


def differences() -> list[Difference]:
    """Replay the whole ledger. Returns the authorizations whose balance differs, by id."""
    with connection.cursor() as cursor:
        cursor.execute(_VERIFY)
        return [Difference(*row) for row in cursor.fetchall()]
