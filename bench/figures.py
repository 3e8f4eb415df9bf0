"""What is measured, what it is compared with, and how both are printed and kept."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

BUDGETS = Path(__file__).with_name("budgets.toml")


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that so many percent do not pass; the nearest one that was measured."""
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


@dataclass
class Sample:
    """What one way of doing something did in one round: operations, seconds, and what failed."""

    operations: int
    seconds: float
    milliseconds: list[float] = field(default_factory=list)
    aborts: int = 0
    retries: int = 0
    failures: int = 0

    @property
    def per_second(self) -> float:
        return self.operations / self.seconds

    def p(self, percent: float) -> float:
        return percentile(self.milliseconds, percent)

    @classmethod
    def together(cls, parts: Sequence[Sample]) -> Sample:
        """Of processes that ran side by side."""
        return cls(
            operations=sum(part.operations for part in parts),
            seconds=max(part.seconds for part in parts),
            milliseconds=[one for part in parts for one in part.milliseconds],
            aborts=sum(part.aborts for part in parts),
            retries=sum(part.retries for part in parts),
            failures=sum(part.failures for part in parts),
        )


@dataclass
class Report:
    """Every figure by its dotted name, and the tables as they were printed."""

    figures: dict[str, float] = field(default_factory=dict)
    tables: list[str] = field(default_factory=list)

    def note(self, name: str, value: float) -> float:
        self.figures[name] = round(float(value), 4)
        return value

    def note_samples(self, name: str, samples: Sequence[Sample]) -> None:
        """The medians of the rounds; what failed is added up."""
        self.note(f"{name}.per_second", median(one.per_second for one in samples))
        for percent in (50, 95, 99):
            self.note(f"{name}.p{percent}_ms", median(one.p(percent) for one in samples))
        for what in ("operations", "aborts", "retries", "failures"):
            self.note(f"{name}.{what}", sum(getattr(one, what) for one in samples))

    def table(self, title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        text = f"{title}\n\n{_drawn([head, *rows])}\n"
        self.tables.append(text)
        say(text)


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


def ratio(ours: Sequence[Sample], theirs: Sequence[Sample]) -> float:
    """How many times as many operations; of each round by itself, then the median."""
    return median(a.per_second / b.per_second for a, b in zip(ours, theirs, strict=True))


def shown(value: float, digits: int = 0) -> str:
    return "-" if math.isnan(value) else f"{value:,.{digits}f}"


def _drawn(rows: Sequence[Sequence[object]]) -> str:
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = []
    for number, row in enumerate(cells):
        padded = [
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("| " + " | ".join(padded) + " |")
        if number == 0:
            rule = [
                "-" * (width + 2) if place == 0 else "-" * (width + 1) + ":"
                for place, width in enumerate(widths)
            ]
            lines.append("|" + "|".join(rule) + "|")
    return "\n".join(lines)


def judged(report: Report, *, is_quick: bool, is_whole: bool) -> list[dict[str, Any]]:
    """Every budget with the value it got. One that a whole full run did not measure is broken."""
    found = []
    for budget in tomllib.loads(BUDGETS.read_text())["budget"]:
        value = report.figures.get(budget["figure"])
        may_lack = is_quick or not is_whole
        if (value is None and may_lack) or (is_quick and budget.get("only_full")):
            continue
        held = value is not None and not math.isnan(value)
        if held and "at_least" in budget:
            held = value >= budget["at_least"]
        if held and "at_most" in budget:
            held = value <= budget["at_most"]
        limit = budget.get("at_least", budget.get("at_most"))
        found.append({**budget, "value": value, "budget": limit, "held": held})
    return found


def print_budgets(judgements: Sequence[dict[str, Any]], report: Report) -> None:
    rows = [
        (
            one["name"],
            "not measured" if one["value"] is None else f"{one['value']:,.2f}",
            f"{'≥' if 'at_least' in one else '≤'} {one['budget']:g}",
            f"{one['aim']:g}" if "aim" in one else "",
            "held" if one["held"] else "BROKEN",
        )
        for one in judgements
    ]
    report.table("Budgets", ["figure", "value", "budget", "aim", ""], rows)


def keep(
    path: Path, *, about: dict[str, Any], report: Report, budgets: list[dict[str, Any]]
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figures = {k: (None if math.isnan(v) else v) for k, v in sorted(report.figures.items())}
    path.write_text(json.dumps({**about, "budgets": budgets, "figures": figures}, indent=2) + "\n")
    path.with_suffix(".md").write_text("\n".join(report.tables))
