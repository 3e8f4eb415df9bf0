"""The report of an import: the result of every row."""

from __future__ import annotations

import csv
import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import TextIO

from accounts.audit.csv_export import cell


class RowResult(Enum):
    ACCEPTED = "accepted"
    ALREADY_THERE = "already there"
    REFUSED = "refused"


@dataclass(frozen=True)
class Outcome:
    row: int
    result: RowResult
    reason: str = ""
    # The reason without figures, to group refusals.
    kind: str = ""


@dataclass(frozen=True)
class Refusal:
    file: str
    row: int
    reason: str
    kind: str


@dataclass
class FileReport:
    """`read = accepted + already there + refused`, counted independently as a check."""

    file: str
    read: int = 0
    counts: Counter[RowResult] = field(default_factory=Counter)
    refusals: list[Refusal] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: Outcome) -> None:
        self.counts[outcome.result] += 1
        if outcome.result == RowResult.REFUSED:
            kind = outcome.kind or outcome.reason
            self.refusals.append(Refusal(self.file, outcome.row, outcome.reason, kind))

    @property
    def adds_up(self) -> bool:
        return self.read == sum(self.counts.values())

    @property
    def kinds(self) -> Counter[str]:
        return Counter(refusal.kind for refusal in self.refusals)

    def refused_lines(self) -> Iterator[str]:
        """Each kind of refusal with the numbers of its rows; a single one with its full reason."""
        for kind, count in self.kinds.most_common():
            alike = [refusal for refusal in self.refusals if refusal.kind == kind]
            reason = alike[0].reason if count == 1 else kind
            yield f"  {count:>6} refused: {reason}"
            rows = f"row{'s' if count > 1 else ''} {spans([one.row for one in alike])}"
            indent = " " * 9
            yield textwrap.fill(rows, 100, initial_indent=indent, subsequent_indent=indent)


@dataclass
class Report:
    files: list[FileReport] = field(default_factory=list)

    @property
    def refusals(self) -> list[Refusal]:
        return [refusal for file in self.files for refusal in file.refusals]

    @property
    def adds_up(self) -> bool:
        return all(file.adds_up for file in self.files)

    def lines(self) -> list[str]:
        head = f"{'file':<24}{'read':>8}{'accepted':>10}{'already there':>15}{'refused':>9}"
        found = [head]
        for file in self.files:
            found.append(
                f"{file.file:<24}{file.read:>8}{file.counts[RowResult.ACCEPTED]:>10}"
                f"{file.counts[RowResult.ALREADY_THERE]:>15}{file.counts[RowResult.REFUSED]:>9}"
            )
            found += file.refused_lines()
            found += [
                f"  {count:>6} noted: {note}" for note, count in file.notes.most_common() if count
            ]
        return found

    def write_refusals(self, to: TextIO) -> None:
        writer = csv.writer(to)
        writer.writerow(["file", "row", "reason"])
        for refusal in self.refusals:
            writer.writerow([refusal.file, refusal.row, cell(refusal.reason)])


def spans(numbers: list[int]) -> str:
    """Ascending numbers as text, with consecutive ones as a range: 2–4, 9."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = found[-1][0], number
        else:
            found.append((number, number))
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in found)
