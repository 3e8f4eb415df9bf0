"""The base class of the importers, and their common functions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from django.db import DataError, IntegrityError, transaction

from accounts.actor import Actor
from accounts.errors import DomainError
from clinic.synthea.files import Refused, Row
from clinic.synthea.report import Outcome, RowResult
from clinic.synthea.values import shown

DATABASE_REFUSES = "The database refuses the row."


@dataclass
class Source:
    """The state of one import: the actor, and what later files need to know of earlier ones."""

    actor: Actor
    # Ids in payers.csv that mean "no insurance".
    uninsured: set[str] = field(default_factory=set)


class UniqueIds:
    """Refuses an id that an earlier row of the same file had."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}

    def check(self, row: Row, column: str = "Id") -> str:
        """The id. Raises Refused."""
        found = row.required(column)
        first = self._rows.setdefault(found.lower(), row.number)
        if first != row.number:
            raise Refused(
                f"Row {first} already has the same {column}.",
                kind=f"An earlier row has the same {column}.",
            )
        return found


class Importer(ABC):
    """Imports one file's rows in batches. The transaction of the batch is already open."""

    file: ClassVar[str]
    columns: ClassVar[tuple[str, ...]]

    def __init__(self, source: Source) -> None:
        self._source, self._actor = source, source.actor
        self._ids = UniqueIds()
        # Remarks about accepted rows, with how often each occurred.
        self.notes: Counter[str] = Counter()

    @abstractmethod
    def import_rows(self, rows: Sequence[Row]) -> Iterator[Outcome]:
        """Yield exactly one outcome for every row."""


def one_by_one(rows: Sequence[Row], import_row: Callable[[Row], RowResult]) -> Iterator[Outcome]:
    """Import each row in a savepoint of its own, so that a refused one changes nothing."""
    for row in rows:
        try:
            yield Outcome(row.number, attempt(row, import_row))
        except Refused as refusal:
            yield refused(row, refusal)


def attempt(row: Row, import_row: Callable[[Row], RowResult]) -> RowResult:
    """Import one row. Raises Refused, whether by the file, a rule or the database."""
    if row.problem:
        raise Refused(row.problem)
    try:
        with transaction.atomic():
            return import_row(row)
    except DomainError as error:
        raise from_rule(error) from error
    except (IntegrityError, DataError) as error:
        raise Refused(DATABASE_REFUSES) from error


def from_rule(error: DomainError) -> Refused:
    """The kind is the error's code; for `invalid` the message, which has no figures."""
    kind = error.message if error.code == "invalid" else error.code.replace("_", " ").capitalize()
    return Refused(error.message, kind=kind)


def unknown(row: Row, column: str, file: str) -> Refused:
    return Refused(
        f"{column} {shown(row[column])} is not in {file}, or was refused there.",
        kind=f"{column} is not in {file}, or was refused there.",
    )


def refused(row: Row, refusal: Refused) -> Outcome:
    return Outcome(row.number, RowResult.REFUSED, refusal.reason, refusal.kind)
