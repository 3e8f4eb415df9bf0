"""What became of every row."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from typing import TextIO

from accounts.exports import cell


class Fate(Enum):
    ACCEPTED = "accepted"
    ALREADY_THERE = "already there"
    REFUSED = "refused"


@dataclass(frozen=True)
class Outcome:
    row: int
    fate: Fate
    reason: str = ""
    # Groups refusals that are the same but for their figures.
    kind: str = ""


@dataclass(frozen=True)
class Refusal:
    file: str
    row: int
    reason: str


@dataclass
class FileReport:
    """`read = accepted + already there + refused`, counted apart so that it can be checked."""

    file: str
    read: int = 0
    counts: Counter[Fate] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    refusals: list[Refusal] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: Outcome) -> None:
        self.counts[outcome.fate] += 1
        if outcome.fate == Fate.REFUSED:
            self.kinds[outcome.kind or outcome.reason] += 1
            self.refusals.append(Refusal(self.file, outcome.row, outcome.reason))

    @property
    def adds_up(self) -> bool:
        return self.read == sum(self.counts.values())


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
                f"{file.file:<24}{file.read:>8}{file.counts[Fate.ACCEPTED]:>10}"
                f"{file.counts[Fate.ALREADY_THERE]:>15}{file.counts[Fate.REFUSED]:>9}"
            )
            found += [f"  {count:>6} refused: {kind}" for kind, count in file.kinds.most_common()]
            found += [
                f"  {count:>6} noted: {note}" for note, count in file.notes.most_common() if count
            ]
        return found

    def write_refusals(self, to: TextIO) -> None:
        writer = csv.writer(to)
        writer.writerow(["file", "row", "reason"])
        for refusal in self.refusals:
            writer.writerow([refusal.file, refusal.row, cell(refusal.reason)])
