"""What the importers of the files share."""

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
from clinic.synthea.report import Fate, Outcome
from clinic.synthea.values import shown

DATABASE_REFUSES = "The database refuses the row."


@dataclass
class Source:
    """One import: for whom, and what earlier files said that later ones need."""

    actor: Actor
    # Ids in payers.csv that stand for having no insurance.
    uninsured: set[str] = field(default_factory=set)


class Once:
    """Refuses an id that an earlier row of the same file had."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}

    def check(self, row: Row, column: str = "Id") -> str:
        """The id. Raises Refused."""
        found = row.required(column)
        first = self._rows.setdefault(found.lower(), row.number)
        if first != row.number:
            raise Refused(
                f"Row {first} has the same {column} already.",
                kind=f"An earlier row has the same {column}.",
            )
        return found


class Importer(ABC):
    """Takes over one file's rows, a batch at a time; the batch's transaction is open."""

    file: ClassVar[str]
    columns: ClassVar[tuple[str, ...]]

    def __init__(self, source: Source) -> None:
        self._source, self._actor = source, source.actor
        self._once = Once()
        # What was taken over, but somebody should know of: how often.
        self.notes: Counter[str] = Counter()

    @abstractmethod
    def take(self, rows: Sequence[Row]) -> Iterator[Outcome]:
        """One outcome for every row, whatever is in it."""


def one_by_one(rows: Sequence[Row], take: Callable[[Row], Fate]) -> Iterator[Outcome]:
    """Each row in a savepoint of its own, so that a refused one leaves nothing behind."""
    for row in rows:
        try:
            yield Outcome(row.number, attempt(row, take))
        except Refused as refusal:
            yield refused(row, refusal)


def attempt(row: Row, take: Callable[[Row], Fate]) -> Fate:
    """Raises Refused, whatever stands against the row: the file, a rule or the database."""
    if row.problem:
        raise Refused(row.problem)
    try:
        with transaction.atomic():
            return take(row)
    except DomainError as error:
        raise from_rule(error) from error
    except (IntegrityError, DataError) as error:
        raise Refused(DATABASE_REFUSES) from error


def from_rule(error: DomainError) -> Refused:
    """The kind of a rule's refusal is its code, unless the message has no figures anyway."""
    kind = error.message if error.code == "invalid" else error.code.replace("_", " ").capitalize()
    return Refused(error.message, kind=kind)


def unknown(row: Row, column: str, file: str) -> Refused:
    return Refused(
        f"{column} {shown(row[column])} is not in {file}, or was refused there.",
        kind=f"{column} is not in {file}, or was refused there.",
    )


def refused(row: Row, refusal: Refused) -> Outcome:
    return Outcome(row.number, Fate.REFUSED, refusal.reason, refusal.kind)
