"""Checks the CSV files and reads them row by row."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Line breaks and tabs are checked where a value is used.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class FileRefused(Exception):
    """A file cannot be read at all. The message says which, why and what to do."""


class Refused(Exception):
    """A row cannot be imported. The message is the reason, `kind` the reason without figures."""

    def __init__(self, reason: str, *, kind: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.kind = kind or reason


@dataclass(frozen=True)
class Row:
    """`number` is that of a spreadsheet: the header is row 1."""

    number: int
    values: dict[str, str]
    problem: str = ""

    def __getitem__(self, column: str) -> str:
        return self.values[column]

    def required(self, column: str) -> str:
        """The value. Raises Refused if it is empty."""
        if not self.values[column]:
            raise Refused(f"{column} is empty.")
        return self.values[column]


def check(path: Path, columns: tuple[str, ...]) -> None:
    """Read the whole file once, before anything is written. Raises FileRefused."""
    if not path.is_file():
        raise FileRefused(f"{path.name} is missing in {path.parent}.")
    try:
        _check_encoding(path)
    except OSError as error:
        raise FileRefused(f"{path.name} cannot be read: {error.strerror}.") from error
    header = _header(path)
    if missing := [column for column in columns if column not in header]:
        raise FileRefused(
            f"{path.name} lacks the column {missing[0]}."
            if len(missing) == 1
            else f"{path.name} lacks the columns {', '.join(missing)}."
        )
    # Finds a quote that is never closed, before the first row is imported.
    for _ in rows(path):
        pass


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            return next(csv.reader(file, strict=True), [])
        except csv.Error as error:
            raise FileRefused(f"{path.name} is not CSV: {error}.") from error


def _check_encoding(path: Path) -> None:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                raise FileRefused(
                    f"{path.name} is not UTF-8 (line {number}). Save it as UTF-8 and try again."
                ) from error


def rows(path: Path) -> Iterator[Row]:
    """All rows, with values stripped of surrounding white space. Raises FileRefused."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            header = next(reader)
            for number, values in enumerate(reader, start=2):
                if values:
                    yield _row(number, header, values)
        except csv.Error as error:
            raise FileRefused(
                f"{path.name} is not CSV: {error} (line {reader.line_num})."
            ) from error


def _row(number: int, header: list[str], values: list[str]) -> Row:
    empty = dict.fromkeys(header, "")
    if len(values) != len(header):
        what = f"The row has {len(values)} values; the header has {len(header)}."
        return Row(number, empty, what)
    if any(CONTROL.search(value) for value in values):
        return Row(number, empty, "The row contains a control character.")
    return Row(number, {name: value.strip() for name, value in zip(header, values, strict=True)})
